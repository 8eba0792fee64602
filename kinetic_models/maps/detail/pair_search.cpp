// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/pair_search.h"

#include <algorithm>
#include <cmath>

#include "libpet/detail/vector_versions.h"

namespace pet::detail {
namespace {

// Where the zones of the faster rate end, 1/min.
constexpr std::array<double, PairSearch::zones - 1> zone_ends = {0.1, 0.4};

// Keeps the pair where it explains more than those so far, and both coefficients are positive.
OCCUPET_VECTOR_VERSIONS void keep_best(const float* in_a,
                                       const float* in_b,
                                       float cosine,
                                       float inverse_squared,
                                       std::int32_t index,
                                       float* largest,
                                       std::int32_t* best) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const float of_a = in_a[lane] - cosine * in_b[lane];  // coefficients, times 1 - cosine^2
    const float of_b = in_b[lane] - cosine * in_a[lane];
    const float explained = (in_a[lane] * of_a + in_b[lane] * of_b) * inverse_squared;
    const bool is_better = (of_a > 0.0F) & (of_b > 0.0F) & (explained > largest[lane]);
    largest[lane] = is_better ? explained : largest[lane];
    best[lane] = is_better ? index : best[lane];
  }
}

// A unit curve with its first and second derivative by position.
struct Moved {
  Coordinates u;
  Coordinates du;
  Coordinates d2u;
};

inline void interpolate(const RateSearch::Node& left,
                        const RateSearch::Node& right,
                        double t,
                        double step,
                        std::size_t width,
                        Moved& moved) {
  const Hermite cubic(t);
  const double curving = (6.0 - 12.0 * t) / (step * step);  // of the polynomials, once more derived
  const double left_curving = (6.0 * t - 4.0) / step;
  const double right_curving = (6.0 * t - 2.0) / step;
  for (std::size_t d = 0; d < width; ++d) {
    const double change = right.unit[d] - left.unit[d];
    const double slope_0 = left.unit_slope[d];
    const double slope_1 = right.unit_slope[d];
    moved.u[d] = left.unit[d] + cubic.next * change + step * (cubic.slope * slope_0 + cubic.next_slope * slope_1);
    moved.du[d] = cubic.d_next / step * change + cubic.d_slope * slope_0 + cubic.d_next_slope * slope_1;
    moved.d2u[d] = curving * change + left_curving * slope_0 + right_curving * slope_1;
  }
}

// The projections p = u . c, q = v . c of the voxel's curve and the cosine r = u . v, with their derivatives by the
// positions of u (1) and v (2).
struct Products {
  double p, p1, p11;
  double q, q2, q22;
  double r, r1, r2, r11, r12, r22;
};

OCCUPET_VECTOR_VERSIONS void multiply(const RateSearch::Node* slow,
                                      double at_slow,
                                      const RateSearch::Node* fast,
                                      double at_fast,
                                      double step,
                                      const Coordinates& c,
                                      std::size_t width,
                                      Products& x) {
  Moved u, v;
  interpolate(slow[0], slow[1], at_slow, step, width, u);
  interpolate(fast[0], fast[1], at_fast, step, width, v);
  x.p = dot(u.u, c, width);
  x.p1 = dot(u.du, c, width);
  x.p11 = dot(u.d2u, c, width);
  x.q = dot(v.u, c, width);
  x.q2 = dot(v.du, c, width);
  x.q22 = dot(v.d2u, c, width);
  x.r = dot(u.u, v.u, width);
  x.r1 = dot(u.du, v.u, width);
  x.r2 = dot(u.u, v.du, width);
  x.r11 = dot(u.d2u, v.u, width);
  x.r12 = dot(u.du, v.du, width);
  x.r22 = dot(u.u, v.d2u, width);
}

// What both curves explain, E = (p^2 + q^2 - 2 r p q) / (1 - r^2), with halved first and second derivatives.
struct Surface {
  double explained = 0.0;
  double by_1 = 0.0;
  double by_2 = 0.0;
  double by_11 = 0.0;
  double by_12 = 0.0;
  double by_22 = 0.0;
};

// With the coefficients a of u and b of v: dE = 2 a dp + 2 b dq - 2 a b dr.
Surface surface_of(const Products& x) {
  const double rest = 1.0 - x.r * x.r;
  const double a = (x.p - x.r * x.q) / rest;
  const double b = (x.q - x.r * x.p) / rest;
  const double a_by_r = (2.0 * x.r * a - x.q) / rest;
  const double b_by_r = (2.0 * x.r * b - x.p) / rest;
  const double a1 = x.p1 / rest + a_by_r * x.r1;
  const double b1 = -x.r * x.p1 / rest + b_by_r * x.r1;
  const double a2 = -x.r * x.q2 / rest + a_by_r * x.r2;
  const double b2 = x.q2 / rest + b_by_r * x.r2;
  Surface s;
  s.explained = a * x.p + b * x.q;
  s.by_1 = a * x.p1 - a * b * x.r1;
  s.by_2 = b * x.q2 - a * b * x.r2;
  s.by_11 = a1 * x.p1 + a * x.p11 - (a1 * b + a * b1) * x.r1 - a * b * x.r11;
  s.by_12 = a2 * x.p1 - (a2 * b + a * b2) * x.r1 - a * b * x.r12;
  s.by_22 = b2 * x.q2 + b * x.q22 - (a2 * b + a * b2) * x.r2 - a * b * x.r22;
  return s;
}

// The step to the top of the paraboloid of a surface. Where it does not fall to all sides, so much is added to its
// curvature that it does; `damping` is added in any case, of the largest curvature.
struct Step {
  double along_1;
  double along_2;
  double gain;
};

Step step_uphill(const Surface& s, double damping) {
  const double middle = -0.5 * (s.by_11 + s.by_22);
  const double least = middle - std::sqrt(0.25 * (s.by_11 - s.by_22) * (s.by_11 - s.by_22) +
                                          s.by_12 * s.by_12);  // curvature of the flattest direction
  const double most = 2.0 * middle - least;
  const double lacking = least > 1e-9 * most ? 0.0 : 1e-3 * std::abs(most) - least;
  const double added = lacking + damping * std::abs(most);
  const double of_1 = -s.by_11 + added;
  const double of_2 = -s.by_22 + added;
  const double determinant = of_1 * of_2 - s.by_12 * s.by_12;
  Step step{(of_2 * s.by_1 + s.by_12 * s.by_2) / determinant, (of_1 * s.by_2 + s.by_12 * s.by_1) / determinant, 0.0};
  step.gain = step.along_1 * s.by_1 + step.along_2 * s.by_2;
  return step;
}

}  // namespace

PairSearch::PairSearch(const RateSearch& search) : search_(search) {
  constexpr double too_alike = 1e-4;
  for (std::size_t fast = 0; fast < search.size(); ++fast) {
    const auto zone = static_cast<std::size_t>(std::upper_bound(zone_ends.begin(), zone_ends.end(), search.rate(fast)) -
                                               zone_ends.begin());
    for (std::size_t slow = 0; slow < fast; ++slow) {
      const double cosine =
          dot(search.node(search.node_of(slow)).unit, search.node(search.node_of(fast)).unit, search.table().width());
      const double rest = 1.0 - cosine * cosine;
      if (rest > too_alike)
        pairs_[zone].push_back({static_cast<std::uint16_t>(slow), static_cast<std::uint16_t>(fast),
                                static_cast<float>(cosine), static_cast<float>(1.0 / rest)});
    }
  }
}

void PairSearch::find(const VoxelBlock& projections, BestPairs& best) const {
  for (std::size_t zone = 0; zone < zones; ++zone) {
    std::array<float, lanes> largest{};
    best[zone].fill(-1);
    for (const Pair& pair : pairs_[zone])
      keep_best(projections.row(pair.slow), projections.row(pair.fast), pair.cosine, pair.inverse_squared,
                pair.slow * static_cast<std::int32_t>(search_.size()) + pair.fast, largest.data(), best[zone].data());
  }
}

PairSearch::Place PairSearch::of_grid(std::int32_t pair) const {
  const auto count = static_cast<std::int32_t>(search_.size());
  return {static_cast<double>(search_.node_of(static_cast<std::size_t>(pair / count))),
          static_cast<double>(search_.node_of(static_cast<std::size_t>(pair % count)))};
}

PairSearch::Place PairSearch::refined(Place best, const Coordinates& c) const {
  constexpr int most_steps = 30;
  constexpr double negligible = 1e-13;  // of the sum of squares
  constexpr double too_alike = 1e-9;
  const double step = search_.table().step();
  const std::size_t width = search_.table().width();
  const double whole = dot(c, c, width);
  const auto last = static_cast<double>(search_.nodes() - 1);
  const auto surface_at = [&](const Place& place) {
    const auto slow = std::min(static_cast<std::size_t>(place.slow), search_.nodes() - 2);
    const auto fast = std::min(static_cast<std::size_t>(place.fast), search_.nodes() - 2);
    Products products;
    multiply(&search_.node(slow), place.slow - static_cast<double>(slow), &search_.node(fast),
             place.fast - static_cast<double>(fast), step, c, width, products);
    return 1.0 - products.r * products.r > too_alike ? surface_of(products) : Surface{};
  };
  Surface here = surface_at(best);
  double damping = 0.0;
  for (int i = 0; i < most_steps; ++i) {
    const Step uphill = step_uphill(here, damping);
    if (!(uphill.gain > negligible * (whole - here.explained))) break;
    const Place trial{std::clamp(best.slow + uphill.along_1 / step, 0.0, last),
                      std::clamp(best.fast + uphill.along_2 / step, 0.0, last)};
    const Surface there = surface_at(trial);
    if (there.explained > here.explained) {
      best = trial;
      here = there;
      damping = damping > 1e-6 ? 0.1 * damping : 0.0;
    } else {
      damping = std::max(1e-5, 10.0 * damping);
      if (damping > 1e3) break;
    }
  }
  best.explained = here.explained;
  if (best.slow > best.fast) std::swap(best.slow, best.fast);
  return best;
}

}  // namespace pet::detail
