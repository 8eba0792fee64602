// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kinetic_models/intervals.h"

// How often intervals hold the truth: one exact curve a model, with noise of known variance in the target added many
// times.
namespace coverage {

struct Case {
  std::string model;
  std::string quantity;
};

/// The cases of the study: SRTM, MRTM2, 1TCM, 2TCM and Logan.
std::vector<Case> cases();

/// A drug within the scan (60 % at 60 min): BPND and occupancy by both models of it.
std::vector<Case> displacement_cases();

struct Result {
  int curves = 0;
  int held = 0;                     ///< intervals that hold the truth
  int unbounded = 0;                ///< among the curves, with an end at infinity
  int missing = 0;                  ///< without an interval: they do not hold the truth
  double bias = 0.0;                ///< mean error over truth
  double width = 0.0;               ///< median width over truth
  double error_over_scatter = 0.0;  ///< root mean squared standard error over the scatter of the same estimates

  double share() const { return static_cast<double>(held) / curves; }
};

/// Fits `curves` noisy curves (seeds 1, 2, ...) with the weights of the noise's own variance and counts. The truth is
/// what the model gives for the exact curve: for linear methods their own asymptotic value.
Result run(const Case& study, const pet::IntervalOptions& intervals, int curves);

/// How often a model of a displacement finds one: at an occupancy (0: none) from 60 min on, and noise of 2 % of the
/// peak in frames of 5 min, more in shorter ones, with weights to match.
struct Detections {
  int scans = 0;
  int found = 0;          ///< scans without the flag no_displacement
  int with_interval = 0;  ///< of the occupancy
  int wrong = 0;          ///< of these, that do not hold the truth
};

Detections detect(const std::string& model, double occupancy, int scans);

}  // namespace coverage
