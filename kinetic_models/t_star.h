// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "kinetic_models/model.h"

namespace pet {

/// How t* is chosen.
struct TStarOptions {
  double most_error = 0.10;      ///< largest relative deviation of a point from the line that is still straight
  std::size_t least_frames = 3;  ///< that t* must leave, and no fewer than the model needs
};

/// What a model gives with one t*.
struct TStarCandidate {
  double t_star_min = 0.0;                ///< the middle of a frame, the first that is used
  double value = not_available;           ///< of the model's first quantity: VT, BPND, Ki
  double standard_error = not_available;  ///< of it
  double largest_error = not_available;   ///< largest |point - line| / |line| of the frames used
  std::size_t frames = 0;                 ///< that are used
  FitStatus status = FitStatus::failed;
  bool is_admissible = false;  ///< the fit is ok and the largest error within the limit
};

/// The model's first quantity as a function of t*: one candidate for every frame from which on enough frames are left,
/// in order of time. The points are those of the model's plot: for the methods that divide by the target curve (Logan,
/// MRTM0) the deviation is that of int C_T / C_T, for the others that of C_T. options.t_star_min is not used. Throws
/// UsageError for a model without a line after t* (no t*, or suvr) and for a limit that is not positive, InputError
/// where fewer frames are left than one candidate needs.
std::vector<TStarCandidate> t_star_scan(const Model& model,
                                        const TimeActivityCurve& target,
                                        const ScanInput& input,
                                        FitOptions options,
                                        const TStarOptions& choice = {});

/// One t* for all regions of a scan: the earliest that is admissible in every region that has an admissible one at all
/// (docs/decisions/0011-automatic-t-star.md). None where no region has.
std::optional<double> common_t_star(std::span<const std::vector<TStarCandidate>> regions);

/// Whether a region has no admissible t* at all (a curve of noise, or a plot that never becomes straight).
bool never_straight(std::span<const TStarCandidate> candidates);

struct TStarInterval {
  double lower = not_available;
  double upper = not_available;
};

/// The interval of the quantity at `t_star_min`, widened by what the choice of t* does: from the smallest value less to
/// the largest value plus the half width at t*. The values are those of the admissible candidates from t* on that use
/// at least half of its frames; later ones scatter by their noise. NaN where t* is no candidate or has no error.
TStarInterval interval_over_t_star(std::span<const TStarCandidate> candidates, double t_star_min, double half_width);

}  // namespace pet
