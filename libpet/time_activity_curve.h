// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/frames.h"

namespace pet {

/// Unit of the activities of a curve or image. `unknown` is allowed for reference tissue models only: they
/// do not depend on the scale.
enum class ActivityUnit { kBq_per_mL, unknown };

/// Mean activity of a region over each frame, decay-corrected to injection (time zero).
struct TimeActivityCurve {
  Frames frames;
  std::vector<double> activity;  ///< one value a frame, kBq/mL where the unit is known
};

}  // namespace pet
