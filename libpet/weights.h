// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/frames.h"

namespace pet {

/// Weights are inverse variances (docs/nomenclature.md). For decay-corrected data the variance of a frame is
/// proportional to C exp(lambda t) / duration.
enum class WeightScheme { uniform, duration, decay, counts };

WeightScheme weight_scheme(std::string_view name);  ///< throws UsageError that lists the names
std::string_view name_of(WeightScheme scheme);

/// Weights of the frames, scaled to a mean of 1.
///   uniform   1
///   duration  dt
///   decay     dt exp(-lambda t), t mid-frame; needs the half-life
///   counts    dt exp(-lambda t) / max(C, floor), floor = 5 % of the curve's maximum; needs the half-life
/// `activity` is used by `counts` only (one value a frame). Throws UsageError where the half-life is needed and
/// missing.
std::vector<double> frame_weights(WeightScheme scheme,
                                  const Frames& frames,
                                  std::optional<double> half_life_min,
                                  std::span<const double> activity);

}  // namespace pet
