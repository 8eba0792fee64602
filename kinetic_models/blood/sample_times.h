// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "kinetic_models/blood/interpolation.h"

namespace pet {

/// Times from 0 to `end_min` so close that straight lines between them are within `tolerance` of the largest value of
/// each curve, as blocks of few distances: 60, 20, 10, 5, 1, 0.2, 0.1 and 0.02 s, each only where the one before is too
/// coarse (what a convolution tabulates by distance stays small). `knots` (increasing, minutes) are where the curves
/// have a corner.
std::vector<double> sample_times(std::span<const BloodCurve> curves,
                                 std::span<const double> knots,
                                 double end_min,
                                 double tolerance = 1e-4);

}  // namespace pet
