// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "libpet/tac_table.h"

namespace pet {

/// How far the curves of all regions leave their neighbours in one frame, each in its own way.
struct FrameJump {
  std::size_t frame = 0;  ///< counted from 0
  double mid_min = 0.0;
  double score = 0.0;  ///< median over the regions of |deviation| / its usual size; 0.7 for noise alone
};

/// A frame whose score is at least this is one in which most regions jump: motion does that, kinetics does not.
inline constexpr double jump_threshold = 3.0;

/// How far every frame from `from_min` on deviates from the cubic through two frames on either side, in all regions
/// together. The relative deviation that all regions share (their mean) is taken off: bends of the curves and of the
/// calibration are common, while motion raises some regions and lowers others. What is left is divided by the standard
/// deviation that counting gives it (`decay` weights, or `duration` without half-life) and by the usual size of such
/// quotients in that region (1.4826 MAD), so that a curve sets its own measure. Empty for fewer than three regions or
/// fewer than eight such frames, where medians say nothing. Frames next to a gap are left out. A score is a reason to
/// look, not a proof.
std::vector<FrameJump> common_jumps(const TacTable& table, double from_min = 10.0);

/// The highest activity in a table.
struct Peak {
  std::string region;
  double activity = 0.0;  ///< unit of the table
  double mid_min = 0.0;
  /// Standardised uptake of a person of 70 kg: activity x 70 kg / dose. Known dose and unit only. Between 0.1 and 50
  /// in a human brain; outside, a unit is wrong (a factor of 1000 is common).
  std::optional<double> suv_70kg;
};

Peak highest_activity(const TacTable& table);

}  // namespace pet
