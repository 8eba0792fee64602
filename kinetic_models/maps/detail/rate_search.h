// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "kinetic_models/maps/detail/rate_table.h"

namespace pet::detail {

inline constexpr std::size_t most_fixed = 2;  ///< curves that a model adds unchanged

/// The best fit of a voxel by the free fixed curves and one basis curve: its rate and coefficients, with the triangle R
/// of the Jacobian J = Q R by (fixed coefficients, coefficient of the basis curve, rate), Q orthonormal. So R is all
/// that standard errors need: (J'J)^-1 = R^-1 R^-T.
template <std::size_t columns>
struct OneRateOptimum {
  using Triangle = std::array<std::array<double, columns>, columns>;
  double rate;         ///< 1/min
  double coefficient;  ///< of the basis curve
  std::array<double, columns - 2> fixed{};
  Triangle triangle{};
  double explained;  ///< sum of the squared projections on Q

  /// Whether the last column is more than the others to rounding.
  bool is_determined() const {
    constexpr double least = 1e-7;  // length of what is new in a column, of its own
    double whole = 0.0;
    for (std::size_t r = 0; r < columns; ++r) whole += triangle[r][columns - 1] * triangle[r][columns - 1];
    return std::abs(triangle[columns - 1][columns - 1]) > least * std::sqrt(whole);
  }

  /// R^-1.
  Triangle inverse() const {
    Triangle result{};
    std::array<double, columns> diagonal;
    for (std::size_t c = 0; c < columns; ++c) {
      result[c][c] = diagonal[c] = 1.0 / triangle[c][c];
      for (std::size_t r = c; r-- > 0;) {
        double sum = 0.0;
        for (std::size_t k = r + 1; k <= c; ++k) sum += triangle[r][k] * result[k][c];
        result[r][c] = -sum * diagonal[r];
      }
    }
    return result;
  }
};

/// The best rates for every voxel of a block. Linear coefficients of the fixed curves are free: the basis curves are
/// freed of their parts along these and scaled to unit length, u(theta). The residual sum of squares of the best fit
/// with one rate is then |c|^2 - (u . c)^2, so that one matrix product of the u of a grid with all voxels ranks them.
/// Between nodes u is cubic, like the curves of the table: the best rate of all is where the cubic u . c is largest.
class RateSearch {
 public:
  /// The basis curve at a node: y = sum of along[f] e_f + length u, the e_f being orthonormal directions of the fixed
  /// curves; derivatives by x; `turn` is |du/dx|.
  struct Node {
    Coordinates unit;
    Coordinates unit_slope;
    std::array<double, most_fixed> along{};
    std::array<double, most_fixed> along_slope{};
    double length = 0.0;
    double length_slope = 0.0;
    double turn = 0.0;
    double turn_slope = 0.0;
  };

  /// `free_fixed` are the indices of the fixed curves of the table whose coefficients are free; `every` is the number
  /// of nodes of the table from one rate of the grid to the next.
  RateSearch(const RateTable& table, const std::vector<std::size_t>& free_fixed, std::size_t every);

  const RateTable& table() const { return table_; }
  std::size_t nodes() const { return node_.size(); }
  const Node& node(std::size_t n) const { return node_[n]; }
  double rate_at(double place) const { return table_.rate_at((static_cast<double>(first_) + place) * table_.step()); }
  /// Rates of the grid.
  std::size_t size() const { return grid_.size(); }
  std::size_t node_of(std::size_t of_grid) const { return grid_[of_grid]; }
  std::size_t free_fixed() const { return direction_.size(); }
  /// u . c for all rates of the grid and all voxels of a block.
  void project(const VoxelBlock& coordinates, VoxelBlock& projections) const {
    unit_product_.multiply(coordinates, projections);
  }
  /// The rate of the grid with the largest |u . c| in each lane.
  void best_of_one(const VoxelBlock& projections, std::int32_t* best) const;

  /// The squared length of what the free fixed curves leave of a curve.
  double beside_fixed(const Coordinates& c) const {
    double rest = dot(c, c, table_.width());
    for (const Coordinates& direction : direction_) {
      const double along = dot(direction, c, table_.width());
      rest -= along * along;
    }
    return rest;
  }

  double rate(std::size_t of_grid) const { return rate_at(static_cast<double>(grid_[of_grid])); }
  /// Where u . c has an extremum: a place between two neighbouring nodes, and the cubic there.
  struct Maximum {
    std::size_t node;
    double t;
    CubicEnds projection;
  };
  /// The maximum of (u . c)^2 next to the best rate of the grid; none where it is not inside the rates of the table.
  std::optional<Maximum> maximum_near(std::size_t best, const Coordinates& c) const;
  double rate(const Maximum& at) const { return rate_at(static_cast<double>(at.node) + at.t); }
  /// The fit of a voxel at such a maximum, with free_fixed() + 2 columns.
  template <std::size_t columns>
  OneRateOptimum<columns> optimum_at(const Maximum& maximum, const Coordinates& c) const;

 private:
  void add_directions(const std::vector<std::size_t>& free_fixed);
  Node node_at(std::size_t of_table) const;
  void add_nodes();
  void add_grid(std::size_t every);
  CubicEnds between(std::size_t left, std::size_t right, const Coordinates& c) const;

  const RateTable& table_;
  std::vector<Coordinates> direction_;  // e_f
  bool is_complete_ = true;             // no fixed curve is zero or a multiple of the others
  std::array<std::array<double, most_fixed>, most_fixed> fixed_triangle_{};  // fixed curve f = sum of [e][f] e_e
  std::size_t first_ = 0;                                                    // the first node of the table that is here
  std::vector<Node> node_;
  std::vector<std::size_t> grid_;  // indices into node_
  BlockMatrix unit_product_;
};

template <std::size_t columns>
OneRateOptimum<columns> RateSearch::optimum_at(const Maximum& maximum, const Coordinates& c) const {
  constexpr std::size_t count = columns - 2;
  assert(direction_.size() == count);
  const Node& a = node_[maximum.node];
  const Node& b = node_[maximum.node + 1];
  const double step = table_.step();
  const Hermite cubic(maximum.t);
  const auto value = [&](double at_a, double at_b, double slope_a, double slope_b) {
    return cubic.value(at_a, at_b, step * slope_a, step * slope_b);
  };
  const auto slope = [&](double at_a, double at_b, double slope_a, double slope_b) {
    return cubic.derivative(at_a, at_b, step * slope_a, step * slope_b) / step;
  };
  const CubicEnds& u = maximum.projection;
  const double along_unit = cubic.value(u.at_0, u.at_1, u.slope_0, u.slope_1);
  const double length = value(a.length, b.length, a.length_slope, b.length_slope);

  OneRateOptimum<columns> optimum;
  optimum.rate = rate(maximum);
  optimum.coefficient = along_unit / length;
  optimum.explained = along_unit * along_unit;
  const double by_rate = optimum.coefficient / table_.rate_per_position(optimum.rate);
  std::array<double, count> part{};
  for (std::size_t f = 0; f < count; ++f) {
    const double along = value(a.along[f], b.along[f], a.along_slope[f], b.along_slope[f]);
    const double in_c = dot(direction_[f], c, table_.width());
    part[f] = in_c - optimum.coefficient * along;
    optimum.explained += in_c * in_c;
    for (std::size_t e = 0; e <= f; ++e) optimum.triangle[e][f] = fixed_triangle_[e][f];
    optimum.triangle[f][count] = along;
    optimum.triangle[f][count + 1] = by_rate * slope(a.along[f], b.along[f], a.along_slope[f], b.along_slope[f]);
  }
  for (std::size_t f = count; f-- > 0;) {
    for (std::size_t k = f + 1; k < count; ++k) part[f] -= fixed_triangle_[f][k] * optimum.fixed[k];
    optimum.fixed[f] = part[f] / fixed_triangle_[f][f];
  }
  optimum.triangle[count][count] = length;
  optimum.triangle[count][count + 1] = by_rate * slope(a.length, b.length, a.length_slope, b.length_slope);
  optimum.triangle[count + 1][count + 1] = by_rate * length * value(a.turn, b.turn, a.turn_slope, b.turn_slope);
  return optimum;
}

}  // namespace pet::detail
