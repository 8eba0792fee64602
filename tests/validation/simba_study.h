// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kinetic_models/input_curve.h"
#include "kinetic_models/reference_noise.h"

// SRTM on 180 simulated curves with noisy reference and known truth (reference data simba_ref), and on curves made here
// from its noiseless ones.
namespace simba {

struct Scan {
  std::string name;
  pet::Frames frames;
  std::vector<double> weights;  ///< that fits take
  std::vector<double> reference;
  std::vector<std::vector<double>> targets;  ///< [region][frame]
  std::vector<double> BPND;                  ///< true, one a region
};

const std::vector<std::string>& regions();

/// The scans of a table of the set ("tacs_noisy.tsv" or "tacs_true.tsv") with the default weights of 11C.
std::vector<Scan> read(const std::string& folder, const std::string& table);
/// The noisy scans with the weights that the set gives.
std::vector<Scan> read_with_weights(const std::string& folder);

/// Scans with normal noise of the variance that the weights state added to the noiseless ones, every scan with a
/// reference noise of its own: a standard deviation of `reference_noise` in a frame of weight 1, of 0.2 to 1.0 in the
/// regions; `early` times as much in frames before 3 min.
std::vector<Scan> simulated(std::vector<Scan> noiseless, double reference_noise, double early, std::uint64_t seed);

/// Intervals of BPND: by the target's own noise, or by that of both curves (likelihood, which estimates BPND too, and
/// bootstrap).
enum class Interval { none, standard_error, profile, bootstrap, both_curves, both_bootstrapped };

struct Result {
  int curves = 0;
  int held = 0;   ///< intervals that hold the truth
  int below = 0;  ///< intervals that lie below the truth
  int above = 0;
  double mean_error = 0.0;  ///< (estimate - truth) / truth
  double rms_error = 0.0;
  double median_error = 0.0;  ///< of the absolute errors
  double width = 0.0;         ///< median width of the intervals over truth

  double coverage() const { return static_cast<double>(held) / curves; }
};

Result run(const std::vector<Scan>& scans, pet::Sampling sampling, Interval interval, int samples = 1000);

/// SRTM with the noise of the reference, its true curve being common to the regions of a scan; profile intervals.
Result run_shared_reference(const std::vector<Scan>& scans, pet::Sampling sampling);

/// SRTM2 with one k2prime a scan, fitted to all regions at once.
Result run_shared_k2prime(const std::vector<Scan>& scans, pet::Sampling sampling);

}  // namespace simba
