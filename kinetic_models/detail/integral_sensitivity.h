// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kinetic_models/input_curve.h"
#include "libpet/time_activity_curve.h"

namespace pet::detail {

/// d(integral of the measured curve in frame i) / d(activity in frame j), row-major, for the running integral and for
/// that integrated once more: what SampledInput does to the noise of a curve.
struct IntegralSensitivity {
  std::vector<double> once;
  std::vector<double> twice;
};
/// `twice` stays empty unless it is asked for.
IntegralSensitivity integral_sensitivity(const TimeActivityCurve& target, Sampling sampling, bool wants_twice = false);

}  // namespace pet::detail
