// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/fit.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <charconv>
#include <cmath>

#include "kinetic_models/detail/curve_statistics.h"
#include "libpet/error.h"

namespace pet {

std::string_view name_of(FitStatus status) {
  switch (status) {
    case FitStatus::ok:
      return "ok";
    case FitStatus::at_bound:
      return "at_bound";
    case FitStatus::not_converged:
      return "not_converged";
    case FitStatus::unidentifiable:
      return "unidentifiable";
    case FitStatus::failed:
      return "failed";
  }
  return "failed";
}

double Fit::correlation(std::size_t a, std::size_t b) const {
  const std::size_t p = parameters.size();
  const double scale = std::sqrt(covariance[a * p + a] * covariance[b * p + b]);
  return scale > 0.0 ? covariance[a * p + b] / scale : not_available;
}

const Estimate& Fit::operator[](std::string_view symbol) const {
  return detail::estimate_named(estimates, symbol);
}

double interval_factor(double level, int degrees_of_freedom) {
  if (!(level > 0.0 && level < 1.0))
    throw UsageError("confidence level " + std::to_string(level) + ": it must lie between 0 and 1");
  if (degrees_of_freedom < 1) return not_available;
  return boost::math::quantile(boost::math::students_t(degrees_of_freedom), 0.5 + 0.5 * level);
}

Loss loss(std::string_view name) {
  if (name == "none") return Loss::none;
  if (name == "huber") return Loss::huber;
  if (name == "cauchy") return Loss::cauchy;
  throw UsageError("no loss '" + std::string(name) + "'; there are: none, huber, cauchy");
}

BoundOverride parse_bounds(std::string_view text) {
  const auto malformed = [&] {
    return UsageError("bounds '" + std::string(text) +
                      "': expected SYMBOL=LOWER:START:UPPER with LOWER <= START <= UPPER");
  };
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) throw malformed();
  BoundOverride bounds{.symbol = std::string(text.substr(0, equals))};
  const char* at = text.data() + equals + 1;
  const char* const end = text.data() + text.size();
  double* const numbers[] = {&bounds.lower, &bounds.start, &bounds.upper};
  for (int i = 0; i < 3; ++i) {
    const auto [next, error] = std::from_chars(at, end, *numbers[i]);
    const bool is_last = i == 2;
    if (error != std::errc() || (is_last ? next != end : next == end || *next != ':')) throw malformed();
    at = next + 1;
  }
  if (!std::isfinite(bounds.lower) || !std::isfinite(bounds.start) || !std::isfinite(bounds.upper)) throw malformed();
  if (!(bounds.lower <= bounds.start && bounds.start <= bounds.upper && bounds.lower < bounds.upper)) throw malformed();
  return bounds;
}

}  // namespace pet
