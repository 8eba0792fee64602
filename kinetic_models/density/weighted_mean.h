// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

namespace pet {

/// Standard deviation of sum_i w_i x_i where the x_i have standard deviations `sd` and one correlation between any two:
/// sqrt((1 - rho) sum (w_i sd_i)^2 + rho (sum w_i sd_i)^2). 0 <= rho <= 1.
double sd_of_sum(std::span<const double> weights, std::span<const double> sd, double correlation);

}  // namespace pet
