// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/curve_statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace pet::detail {

Criteria criteria_of(double rss, std::size_t observations, std::size_t parameters) {
  Criteria criteria;
  const auto n = static_cast<double>(observations);
  const auto k = static_cast<double>(parameters);
  if (!(rss > 0.0)) return criteria;
  const double deviance = n * std::log(rss / n);
  criteria.aic = deviance + 2.0 * (k + 1.0);
  criteria.bic = deviance + (k + 1.0) * std::log(n);
  if (n - k - 2.0 >= 1.0) criteria.aicc = criteria.aic + 2.0 * (k + 1.0) * (k + 2.0) / (n - k - 2.0);
  return criteria;
}

std::vector<double> root_weights(std::span<const double> standard_errors) {
  std::vector<double> roots(standard_errors.size(), 1.0);
  double sum = 0.0;
  for (const double se : standard_errors) sum += 1.0 / (se * se);
  if (!std::isfinite(sum)) return roots;
  for (std::size_t i = 0; i < roots.size(); ++i)
    roots[i] = std::sqrt(static_cast<double>(roots.size()) / sum) / standard_errors[i];
  return roots;
}

const Estimate& estimate_named(const std::vector<Estimate>& estimates, std::string_view symbol) {
  const auto found =
      std::find_if(estimates.begin(), estimates.end(), [&](const Estimate& e) { return e.symbol == symbol; });
  assert(found != estimates.end());
  return *found;
}

}  // namespace pet::detail
