// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "kinetic_models/fit.h"

namespace pet::detail {

/// Criteria of a least-squares fit with k parameters and the size of the noise; not available without residuals.
struct Criteria {
  double aic = not_available;   ///< N ln(RSS/N) + 2(k+1)
  double aicc = not_available;  ///< AIC + 2(k+1)(k+2)/(N-k-2), where N - k - 2 is at least 1
  double bic = not_available;   ///< N ln(RSS/N) + (k+1) ln N
};

Criteria criteria_of(double rss, std::size_t observations, std::size_t parameters);

/// Square roots of the weights 1 / se^2, which have a mean of 1; 1 for all where a standard error is not known.
std::vector<double> root_weights(std::span<const double> standard_errors);

/// The estimate of that symbol; asserts that there is one.
const Estimate& estimate_named(const std::vector<Estimate>& estimates, std::string_view symbol);

}  // namespace pet::detail
