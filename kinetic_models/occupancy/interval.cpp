// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/interval.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <string>

#include "libpet/error.h"

namespace pet {

bool Interval::is_bounded() const {
  return std::isfinite(lower) && std::isfinite(upper);
}

double normal_factor(double level) {
  if (!(level > 0.0 && level < 1.0))
    throw UsageError("confidence level " + std::to_string(level) + ": it must lie between 0 and 1");
  return boost::math::quantile(boost::math::normal(), 0.5 + 0.5 * level);
}

Interval fieller_interval(double numerator,
                          double denominator,
                          double numerator_variance,
                          double denominator_variance,
                          double covariance,
                          double factor) {
  // All q with (numerator - q denominator)^2 <= factor^2 Var(numerator - q denominator): a q^2 - 2 b q + c <= 0.
  const double square = factor * factor;
  const double a = denominator * denominator - square * denominator_variance;
  const double b = numerator * denominator - square * covariance;
  const double c = numerator * numerator - square * numerator_variance;
  if (!(a > 0.0)) return {};
  const double root = std::sqrt(std::max(0.0, b * b - a * c));  // negative by rounding only
  return {(b - root) / a, (b + root) / a};
}

}  // namespace pet
