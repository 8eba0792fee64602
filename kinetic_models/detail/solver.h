// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ceres/solver.h>

#include "kinetic_models/model.h"

namespace pet::detail {

/// How far the optimiser goes.
enum class Effort { few_steps, to_the_profile, to_the_end };

/// Settings of Ceres Solver for small problems, silent: a fit that fails is a result, and a library prints nothing.
ceres::Solver::Options solver_options(Effort effort);

/// Whether a fitted parameter ended at one of its bounds.
bool is_at_bound(double value, const Parameter& parameter);

}  // namespace pet::detail
