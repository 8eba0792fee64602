// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/profile.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pet::detail {
namespace {

// A point of the curve of distance over how far the quantity is from its estimate, about straight near the estimate.
struct Reached {
  double from_estimate;
  double distance;
};

}  // namespace

double profile_bound(const ConstrainedOptimum& optimum,
                     double estimate,
                     std::span<const double> at,
                     double step,
                     double limit,
                     int side) {
  constexpr int most_evaluations = 40;
  constexpr double close = 2e-3;  // of the limit
  constexpr double stuck = 0.9;   // of the way asked for; the pull reaches nearly all of it where nothing stops it
  const double unbounded = side * std::numeric_limits<double>::infinity();
  Reached inner{0.0, 0.0};
  std::optional<Reached> outer;
  std::vector<double> start(at.begin(), at.end());
  double ask = step;
  for (int i = 0; i < most_evaluations; ++i) {
    const std::optional<ProfilePoint> point = optimum(estimate + side * ask, start);
    if (!point) return std::numeric_limits<double>::quiet_NaN();
    const Reached here{side * (point->value - estimate), point->distance};
    const bool is_stopped = side < 0 ? point->is_stopped_below : point->is_stopped_above;
    if (std::abs(here.distance - limit) <= close * limit) return is_stopped ? unbounded : point->value;
    if (here.distance > limit) {
      outer = here;
    } else {
      if (here.from_estimate < stuck * ask && !outer)
        return side < 0 && point->is_stopped_by_zero && !is_stopped ? point->value : unbounded;
      if (here.from_estimate > inner.from_estimate) inner = here;
      start = point->at;
    }
    if (!outer) {
      if (ask > 1e5 * step || !std::isfinite(ask)) return unbounded;
      ask = inner.from_estimate * std::clamp(1.1 * limit / std::max(inner.distance, 1e-3 * limit), 1.5, 4.0);
      continue;
    }
    const double slope = (outer->distance - inner.distance) / (outer->from_estimate - inner.from_estimate);
    const double width = outer->from_estimate - inner.from_estimate;
    if (!(width > 1e-6 * outer->from_estimate)) break;
    ask = inner.from_estimate + std::clamp((limit - inner.distance) / slope, 0.05 * width, 0.95 * width);
  }
  return estimate + side * (outer ? 0.5 * (inner.from_estimate + outer->from_estimate) : inner.from_estimate);
}

}  // namespace pet::detail
