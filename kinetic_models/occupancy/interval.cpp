// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/interval.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <string>

#include "libpet/error.h"

namespace pet {

bool Interval::is_bounded() const {
  return std::isfinite(lower) && std::isfinite(upper);
}

bool Interval::is_followed() const {
  return !std::isnan(lower) && !std::isnan(upper);
}

namespace {

void require_level(double level) {
  if (!(level > 0.0 && level < 1.0))
    throw UsageError("confidence level " + std::to_string(level) + ": it must lie between 0 and 1");
}

}  // namespace

double normal_factor(double level) {
  require_level(level);
  return boost::math::quantile(boost::math::normal(), 0.5 + 0.5 * level);
}

double student_factor(double level, double degrees_of_freedom) {
  if (std::isinf(degrees_of_freedom)) return normal_factor(level);
  require_level(level);
  return boost::math::quantile(boost::math::students_t(degrees_of_freedom), 0.5 + 0.5 * level);
}

double satterthwaite(std::span<const VariancePart> parts) {
  double variance = 0.0;
  double uncertainty = 0.0;
  for (const VariancePart& part : parts) {
    variance += part.variance;
    uncertainty += part.variance * part.variance / part.degrees_of_freedom;
  }
  return uncertainty > 0.0 ? variance * variance / uncertainty : std::numeric_limits<double>::infinity();
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
