// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/plasma.h"

#include <algorithm>

namespace pet {

Plasma::Plasma(const InputFunction& input, const Frames& frames, Sampling sampling)
    : sampling_(sampling),
      input_(sampled_curve(input.time_min, input.parent_plasma), frames, sampling),
      held_min_(std::max(0.0, frames.back().end_min - input.time_min.back())) {}

}  // namespace pet
