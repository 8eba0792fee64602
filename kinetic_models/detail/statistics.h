// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "kinetic_models/fit.h"

namespace pet::detail {

/// The median; the mean of the two middle values for an even number. NaN for none.
double median(std::vector<double> values);

/// AICc = N ln(RSS/N) + 2(k+1) + 2(k+1)(k+2)/(N-k-2) of N = `frames` data and k = `parameters` parameters (Hurvich CM,
/// Tsai CL. Biometrika 1989;76:297-307, with the variance counted as a parameter). NaN where N - k - 2 < 1 or RSS is 0.
double aicc_of(double weighted_rss, std::size_t frames, std::size_t parameters);
/// Sets the weighted residual sum of squares, degrees of freedom and AICc.
void add_goodness_of_fit(Fit& fit, double weighted_rss, std::size_t frames, std::size_t parameters);

}  // namespace pet::detail
