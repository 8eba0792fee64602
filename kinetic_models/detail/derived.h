// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "kinetic_models/model.h"

namespace pet::detail {

/// The quantities of a model at its parameters or coefficients, with standard errors by propagation of their
/// covariance (row-major). A quantity that depends on a parameter without variance (NaN) has no standard error; one
/// that needs fP has no value without it.
std::vector<Estimate> derived_estimates(const Model& model,
                                        std::span<const double> parameters,
                                        std::span<const double> covariance,
                                        const FitOptions& options);

/// Sets the flag vt_imprecise where the first quantity is VT and its standard error above 25 % of it.
void flag_imprecise(Fit& fit);

}  // namespace pet::detail
