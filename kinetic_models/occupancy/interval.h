// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>

namespace pet {

/// A confidence interval. A side without a bound is infinite; that is a result to be reported, not an error.
struct Interval {
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();

  bool is_bounded() const;
};

/// Quantile of the standard normal distribution for a two-sided interval at `level` (0.95 gives 1.96). Throws
/// UsageError unless 0 < level < 1.
double normal_factor(double level);

/// Fieller's interval of numerator / denominator from their estimates, variances and covariance, with `factor` standard
/// errors on either side. Unbounded where the denominator does not differ from zero by more than that. Fieller EC. J R
/// Stat Soc B 1954;16:175-185.
Interval fieller_interval(double numerator,
                          double denominator,
                          double numerator_variance,
                          double denominator_variance,
                          double covariance,
                          double factor);

}  // namespace pet
