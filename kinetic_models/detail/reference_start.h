// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/model.h"
#include "kinetic_models/sampled_input.h"

namespace pet::detail {

/// Turns (theta, coefficient of C_R, coefficient of C_R (x) exp(-theta t)) into the parameters of a model.
using FromBasis = std::function<std::vector<double>(double theta, double of_input, double of_convolution)>;

/// The best of 40 rates between 0.001 and 2 /min, each with its two linear coefficients by least squares: the start
/// from which a few steps reach the optimum. Candidates outside the bounds are moved to them; falls back to the
/// parameters' own start.
std::vector<double> best_start(const SampledInput& input,
                               const TimeActivityCurve& target,
                               const FramesUsed& used,
                               std::span<const Parameter> parameters,
                               const FromBasis& parameters_from);

/// Sets the flag low_binding where BPND is below 0.5: reference models with free k2prime are then badly determined.
void flag_low_binding(Fit& fit);

}  // namespace pet::detail
