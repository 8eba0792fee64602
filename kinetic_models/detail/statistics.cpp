// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/statistics.h"

#include <algorithm>
#include <cmath>

namespace pet::detail {

double median(std::vector<double> values) {
  if (values.empty()) return not_available;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return 0.5 * (*middle + *std::max_element(values.begin(), middle));
}

double aicc_of(double weighted_rss, std::size_t frames, std::size_t parameters) {
  const auto n = static_cast<double>(frames);
  const auto k = static_cast<double>(parameters);
  if (!(n - k - 2.0 >= 1.0 && weighted_rss > 0.0)) return not_available;
  return n * std::log(weighted_rss / n) + 2.0 * (k + 1.0) + 2.0 * (k + 1.0) * (k + 2.0) / (n - k - 2.0);
}

void add_goodness_of_fit(Fit& fit, double weighted_rss, std::size_t frames, std::size_t parameters) {
  fit.weighted_rss = weighted_rss;
  fit.degrees_of_freedom = static_cast<int>(frames) - static_cast<int>(parameters);
  fit.aicc = aicc_of(weighted_rss, frames, parameters);
}

}  // namespace pet::detail
