// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "kinetic_models/fit.h"
#include "libpet/time_activity_curve.h"

namespace pet::detail {

/// The frames that a fit uses (mid time between t* and t_end, weight above zero), with their weights scaled to a mean
/// of 1.
struct FramesUsed {
  std::vector<std::size_t> index;
  std::vector<double> weight;
  std::size_t frames = 0;  ///< of the scan
};

/// Throws InputError if fewer than `at_least` frames are left, and UsageError if the number of weights is not the
/// number of frames.
FramesUsed frames_used(const TimeActivityCurve& target,
                       const FitOptions& options,
                       std::size_t at_least,
                       std::string_view model);

}  // namespace pet::detail
