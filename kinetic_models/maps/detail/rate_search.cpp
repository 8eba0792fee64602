// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/rate_search.h"

#include <algorithm>
#include <cmath>

#include "libpet/detail/vector_versions.h"

namespace pet::detail {
namespace {

constexpr double collinear = 1e-5;  // length of a basis curve beyond the fixed curves, of its own

// The largest |row| of each lane so far, and whose it is.
OCCUPET_VECTOR_VERSIONS void keep_largest(const float* row, std::int32_t index, float* largest, std::int32_t* best) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const float size = std::abs(row[lane]);
    const bool is_better = size > largest[lane];
    largest[lane] = is_better ? size : largest[lane];
    best[lane] = is_better ? index : best[lane];
  }
}

// Where on [0, 1] the derivative of the cubic, slope_0 + 2 b t + a t^2, falls through 0: slope_0 > 0 > slope_1.
double maximum_of(const CubicEnds& cubic) {
  const double change = cubic.at_1 - cubic.at_0;
  const double b = 3.0 * change - 2.0 * cubic.slope_0 - cubic.slope_1;
  const double a = 3.0 * (cubic.slope_0 + cubic.slope_1) - 6.0 * change;
  const double root = std::sqrt(std::max(b * b - a * cubic.slope_0, 0.0));
  const double t = b < 0.0 ? cubic.slope_0 / (root - b) : -(b + root) / a;
  return std::clamp(t, 0.0, 1.0);
}

// u . c as a cubic between two nodes a distance of `step` apart.
OCCUPET_VECTOR_VERSIONS CubicEnds projected(const Coordinates& unit_0,
                                            const Coordinates& unit_1,
                                            const Coordinates& slope_0,
                                            const Coordinates& slope_1,
                                            const Coordinates& c,
                                            std::size_t width,
                                            double step) {
  return {dot(unit_0, c, width), dot(unit_1, c, width), step * dot(slope_0, c, width), step * dot(slope_1, c, width)};
}

}  // namespace

RateSearch::RateSearch(const RateTable& table, const std::vector<std::size_t>& free_fixed, std::size_t every)
    : table_(table) {
  add_directions(free_fixed);
  add_nodes();
  add_grid(every);
}

// Orthonormal directions of the fixed curves.
void RateSearch::add_directions(const std::vector<std::size_t>& free_fixed) {
  const std::size_t width = table_.width();
  for (const std::size_t f : free_fixed) {
    Coordinates rest = table_.fixed()[f];
    const std::size_t column = direction_.size();
    for (std::size_t e = 0; e < column; ++e) {
      fixed_triangle_[e][column] = dot(rest, direction_[e], width);
      add(rest, -fixed_triangle_[e][column], direction_[e], width);
    }
    const double length = std::sqrt(dot(rest, rest, width));
    fixed_triangle_[column][column] = length;
    is_complete_ = is_complete_ && length > 0.0;
    if (!(length > 0.0)) continue;
    for (double& value : rest) value /= length;
    direction_.push_back(rest);
  }
}

RateSearch::Node RateSearch::node_at(std::size_t of_table) const {
  const std::size_t width = table_.width();
  Node node;
  node.unit = table_.value(of_table);
  node.unit_slope = table_.slope(of_table);
  for (std::size_t f = 0; f < direction_.size(); ++f) {
    node.along[f] = dot(direction_[f], node.unit, width);
    node.along_slope[f] = dot(direction_[f], node.unit_slope, width);
    add(node.unit, -node.along[f], direction_[f], width);
    add(node.unit_slope, -node.along_slope[f], direction_[f], width);
  }
  node.length = std::sqrt(dot(node.unit, node.unit, width));
  if (!(node.length > 0.0)) return node;
  for (std::size_t d = 0; d < width; ++d) {
    node.unit[d] /= node.length;
    node.unit_slope[d] /= node.length;
  }
  const double growth = dot(node.unit, node.unit_slope, width);
  node.length_slope = growth * node.length;
  add(node.unit_slope, -growth, node.unit, width);
  node.turn = std::sqrt(dot(node.unit_slope, node.unit_slope, width));
  return node;
}

// The nodes of the table at which the basis curve is not one of the fixed curves, as far as they are next to each
// other.
void RateSearch::add_nodes() {
  for (std::size_t i = 0; i < table_.nodes(); ++i) {
    const Node node = node_at(i);
    const double whole = std::sqrt(dot(table_.value(i), table_.value(i), table_.width()));
    if (node.length > collinear * whole) {
      if (node_.empty()) first_ = i;
      node_.push_back(node);
    } else if (!node_.empty()) {
      break;
    }
  }
  for (std::size_t i = 0; i < node_.size(); ++i) {
    const std::size_t before = i > 0 ? i - 1 : 0;
    const std::size_t after = std::min(i + 1, node_.size() - 1);
    if (after > before)
      node_[i].turn_slope =
          (node_[after].turn - node_[before].turn) / (static_cast<double>(after - before) * table_.step());
  }
}

void RateSearch::add_grid(std::size_t every) {
  const auto dimensions = static_cast<std::ptrdiff_t>(table_.space().dimensions());
  std::vector<double> rows;
  for (std::size_t i = 0; i < node_.size(); i += every) {
    grid_.push_back(i);
    rows.insert(rows.end(), node_[i].unit.begin(), node_[i].unit.begin() + dimensions);
  }
  unit_product_ = BlockMatrix(rows, grid_.size(), table_.space().dimensions());
}

void RateSearch::best_of_one(const VoxelBlock& projections, std::int32_t* best) const {
  std::array<float, lanes> largest{};
  std::fill(best, best + lanes, 0);
  for (std::size_t k = 0; k < grid_.size(); ++k)
    keep_largest(projections.row(k), static_cast<std::int32_t>(k), largest.data(), best);
}

CubicEnds RateSearch::between(std::size_t left, std::size_t right, const Coordinates& c) const {
  return projected(node_[left].unit, node_[right].unit, node_[left].unit_slope, node_[right].unit_slope, c,
                   table_.width(), static_cast<double>(right - left) * table_.step());
}

std::optional<RateSearch::Maximum> RateSearch::maximum_near(std::size_t best, const Coordinates& c) const {
  if (!is_complete_ || grid_.size() < 2) return std::nullopt;
  // On the grid first: the maximum is on the side on which |u . c| grows.
  const std::size_t here = grid_[best];
  const bool is_last = best + 1 == grid_.size();
  CubicEnds cubic = between(is_last ? grid_[best - 1] : here, is_last ? here : grid_[best + 1], c);
  const double sign = (is_last ? cubic.at_1 : cubic.at_0) < 0.0 ? -1.0 : 1.0;
  const bool is_uphill_to_next = sign * (is_last ? cubic.slope_1 : cubic.slope_0) > 0.0;
  if (is_uphill_to_next ? is_last : best == 0) return std::nullopt;
  const std::size_t left = is_uphill_to_next ? here : grid_[best - 1];
  const std::size_t right = is_uphill_to_next ? grid_[best + 1] : here;
  if (!is_uphill_to_next && !is_last) cubic = between(left, right, c);
  cubic = sign * cubic;
  if (!(cubic.slope_0 > 0.0 && cubic.slope_1 < 0.0)) return std::nullopt;
  const double guess = static_cast<double>(left) + maximum_of(cubic) * static_cast<double>(right - left);
  // Then between the nodes of the table.
  std::size_t node = std::min(static_cast<std::size_t>(guess), right - 1);
  for (std::size_t moves = 0; moves < right - left; ++moves) {
    const CubicEnds fine = sign * between(node, node + 1, c);
    if (fine.slope_0 > 0.0 && fine.slope_1 <= 0.0) return Maximum{node, maximum_of(fine), sign * fine};
    if (fine.slope_0 > 0.0 ? node + 1 == right : node == left) break;
    node = fine.slope_0 > 0.0 ? node + 1 : node - 1;
  }
  return std::nullopt;
}

}  // namespace pet::detail
