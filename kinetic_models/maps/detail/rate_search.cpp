// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/rate_search.h"

#include <algorithm>
#include <cmath>

namespace pet::detail {
namespace {

constexpr double collinear = 1e-5;  // length of a basis curve beyond the fixed curves, of its own

double dot(const Coordinates& a, const Coordinates& b, std::size_t width) {
  double sum = 0.0;
  for (std::size_t d = 0; d < width; ++d) sum += a[d] * b[d];
  return sum;
}

void add(Coordinates& a, double factor, const Coordinates& b, std::size_t width) {
  for (std::size_t d = 0; d < width; ++d) a[d] += factor * b[d];
}

// Orthonormal directions of the fixed curves.
std::vector<Coordinates> directions(const RateTable& table, const std::vector<std::size_t>& free_fixed) {
  const std::size_t width = table.width();
  std::vector<Coordinates> result;
  for (const std::size_t f : free_fixed) {
    Coordinates rest = table.fixed()[f];
    for (const Coordinates& other : result) add(rest, -dot(other, rest, width), other, width);
    const double length = std::sqrt(dot(rest, rest, width));
    if (!(length > 0.0)) continue;
    for (double& value : rest) value /= length;
    result.push_back(rest);
  }
  return result;
}

}  // namespace

RateSearch::RateSearch(const RateTable& table, const std::vector<std::size_t>& free_fixed, std::size_t every)
    : table_(table) {
  const std::size_t width = table.width();
  const std::vector<Coordinates> fixed = directions(table, free_fixed);
  std::vector<double> rows;
  for (std::size_t node = 0; node < table.nodes(); node += every) {
    Coordinates u = table.value(node);
    Coordinates slope = table.slope(node);
    const double whole = std::sqrt(dot(u, u, width));
    for (const Coordinates& direction : fixed) {
      add(u, -dot(direction, u, width), direction, width);
      add(slope, -dot(direction, slope, width), direction, width);
    }
    const double length = std::sqrt(dot(u, u, width));
    if (!(length > collinear * whole)) continue;
    for (std::size_t d = 0; d < width; ++d) {
      u[d] /= length;
      slope[d] /= length;
    }
    add(slope, -dot(u, slope, width), u, width);  // the length of u does not change
    node_.push_back(node);
    unit_.push_back(u);
    slope_.push_back(slope);
    rows.insert(rows.end(), u.begin(), u.begin() + static_cast<std::ptrdiff_t>(table.space().dimensions()));
  }
  unit_product_ = BlockMatrix(rows, node_.size(), table.space().dimensions());
  constexpr double too_alike = 1e-4;
  for (std::size_t a = 0; a < node_.size(); ++a)
    for (std::size_t b = a + 1; b < node_.size(); ++b) {
      const double cosine = dot(unit_[a], unit_[b], width);
      const double rest = 1.0 - cosine * cosine;
      if (rest > too_alike)
        pairs_.push_back({static_cast<std::uint16_t>(a), static_cast<std::uint16_t>(b), static_cast<float>(cosine),
                          static_cast<float>(1.0 / rest)});
    }
}

void RateSearch::best_of_one(const VoxelBlock& projections, std::int32_t* best) const {
  std::array<float, lanes> largest{};
  std::fill(best, best + lanes, 0);
  for (std::size_t k = 0; k < node_.size(); ++k) {
    const float* row = projections.row(k);
    const auto index = static_cast<std::int32_t>(k);
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const float size = std::abs(row[lane]);
      const bool is_better = size > largest[lane];
      largest[lane] = is_better ? size : largest[lane];
      best[lane] = is_better ? index : best[lane];
    }
  }
}

void RateSearch::best_of_two(const VoxelBlock& projections, std::int32_t* best) const {
  std::array<float, lanes> largest{};
  const auto count = static_cast<std::int32_t>(node_.size());
  best_of_one(projections, best);
  for (std::size_t lane = 0; lane < lanes; ++lane) best[lane] *= count + 1;
  for (const Pair& pair : pairs_) {
    const float* in_a = projections.row(pair.a);
    const float* in_b = projections.row(pair.b);
    const std::int32_t index = pair.a * count + pair.b;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const float of_a = in_a[lane] - pair.cosine * in_b[lane];  // coefficients, times 1 - cosine^2
      const float of_b = in_b[lane] - pair.cosine * in_a[lane];
      const float explained = (in_a[lane] * of_a + in_b[lane] * of_b) * pair.inverse_squared;
      const bool is_better = std::min(of_a, of_b) > 0.0F && explained > largest[lane];
      largest[lane] = is_better ? explained : largest[lane];
      best[lane] = is_better ? index : best[lane];
    }
  }
}

double RateSearch::along(const Coordinates& direction, const Coordinates& c) const {
  return dot(direction, c, table_.width());
}

double RateSearch::between_rates(std::size_t best, const Coordinates& c) const {
  const double sign = along(unit_[best], c) < 0.0 ? -1.0 : 1.0;
  const bool is_uphill_to_next = sign * along(slope_[best], c) > 0.0;
  if (is_uphill_to_next ? best + 1 == node_.size() : best == 0) return rate(best);
  const std::size_t left = is_uphill_to_next ? best : best - 1;
  const double step = position(left + 1) - position(left);
  const double d0 = sign * step * along(slope_[left], c);
  const double d1 = sign * step * along(slope_[left + 1], c);
  if (!(d0 > 0.0 && d1 < 0.0)) return rate(best);
  const double change = sign * (along(unit_[left + 1], c) - along(unit_[left], c));
  // The derivative of the cubic, d0 + 2 b t + a t^2, falls from d0 > 0 to d1 < 0: its root in [0, 1].
  const double b = 3.0 * change - 2.0 * d0 - d1;
  const double a = 3.0 * (d0 + d1) - 6.0 * change;
  const double root = std::sqrt(std::max(b * b - a * d0, 0.0));
  const double t = b < 0.0 ? d0 / (root - b) : -(b + root) / a;
  return table_.rate_at(position(left) + std::clamp(t, 0.0, 1.0) * step);
}

}  // namespace pet::detail
