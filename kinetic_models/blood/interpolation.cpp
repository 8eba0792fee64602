// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/interpolation.h"

// pchip.hpp of Boost 1.74 uses isnan without its namespace.
#include <math.h>

#include <algorithm>
#include <boost/math/interpolators/pchip.hpp>
#include <cassert>
#include <cmath>
#include <memory>
#include <utility>

namespace pet {

BloodCurve linear_curve(SampleSeries samples) {
  assert(!samples.empty());
  return [s = std::move(samples)](double t) {
    if (t <= s.time_min.front()) return s.value.front();
    if (t >= s.time_min.back()) return s.value.back();
    const auto next =
        static_cast<std::size_t>(std::upper_bound(s.time_min.begin(), s.time_min.end(), t) - s.time_min.begin());
    const double part = (t - s.time_min[next - 1]) / (s.time_min[next] - s.time_min[next - 1]);
    return s.value[next - 1] + part * (s.value[next] - s.value[next - 1]);
  };
}

BloodCurve monotone_curve(SampleSeries samples) {
  if (samples.size() < 4) return linear_curve(std::move(samples));
  const double first = samples.time_min.front();
  const double last = samples.time_min.back();
  const auto cubic = std::make_shared<const boost::math::interpolators::pchip<std::vector<double>>>(
      std::move(samples.time_min), std::move(samples.value));
  return [cubic, first, last](double t) { return (*cubic)(std::clamp(t, first, last)); };
}

double Tail::at(double time_min) const {
  return value * std::exp(-lambda_per_min * (time_min - start_min));
}

Tail tail_of(const SampleSeries& samples, AfterLast after_last) {
  Tail tail{samples.time_min.back(), samples.value.back(), 0.0};
  if (after_last == AfterLast::hold) return tail;
  const auto largest = std::max_element(samples.value.begin(), samples.value.end()) - samples.value.begin();
  double n = 0.0;
  double sum_t = 0.0;
  double sum_y = 0.0;
  double sum_tt = 0.0;
  double sum_ty = 0.0;
  for (std::size_t i = samples.size(); i-- > static_cast<std::size_t>(largest) + 1 && n < 5.0;) {
    if (!(samples.value[i] > 0.0)) continue;
    const double t = samples.time_min[i] - tail.start_min;
    const double y = std::log(samples.value[i]);
    n += 1.0;
    sum_t += t;
    sum_y += y;
    sum_tt += t * t;
    sum_ty += t * y;
  }
  if (n < 3.0) return tail;
  const double slope = (n * sum_ty - sum_t * sum_y) / (n * sum_tt - sum_t * sum_t);
  tail.lambda_per_min = std::max(0.0, -slope);
  return tail;
}

}  // namespace pet
