// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <span>

namespace pet {

/// A confidence interval. A side without a bound is infinite; that is a result to be reported, not an error.
struct Interval {
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();

  bool is_bounded() const;
  bool is_followed() const;  ///< whether both ends are numbers, infinite ones too
};

/// Quantile of the standard normal distribution for a two-sided interval at `level` (0.95 gives 1.96). Throws
/// UsageError unless 0 < level < 1.
double normal_factor(double level);

/// The same of Student's t distribution with `degrees_of_freedom` > 0, which need not be whole; infinite: normal.
/// Throws UsageError unless 0 < level < 1.
double student_factor(double level, double degrees_of_freedom);

/// One of the independent estimates that add up to a variance.
struct VariancePart {
  double variance = 0.0;
  double degrees_of_freedom = std::numeric_limits<double>::infinity();  ///< infinite: it is known
};

/// The degrees of freedom of a sum of estimated variances, V^2 / sum of V_i^2 / nu_i; infinite where all are known.
/// Satterthwaite FE. Biometrics Bull 1946;2:110-114.
double satterthwaite(std::span<const VariancePart> parts);

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
