// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <span>

#include "libpet/time_activity_curve.h"

namespace simulated {

/// Adds to a curve normal noise of the variance sigma^2 / weight in each frame, from a stream of standard normal
/// numbers.
void add_noise(pet::TimeActivityCurve& curve, std::span<const double> weights, double sigma, auto&& normal) {
  for (std::size_t i = 0; i < curve.activity.size(); ++i)
    curve.activity[i] += sigma / std::sqrt(weights[i]) * normal.next();
}

}  // namespace simulated
