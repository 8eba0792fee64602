// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kinetic_models/maps/detail/rate_table.h"

namespace pet::detail {

inline constexpr std::size_t most_fixed = 2;  ///< curves that a model adds unchanged

/// The best fit of a voxel by the free fixed curves and one basis curve: its rate and coefficients, with the triangle R
/// of the Jacobian J = Q R by (fixed coefficients, coefficient of the basis curve, rate), Q orthonormal. So R is all
/// that standard errors need: (J'J)^-1 = R^-1 R^-T.
struct OneRateOptimum {
  static constexpr std::size_t most = most_fixed + 2;
  using Triangle = std::array<std::array<double, most>, most>;
  double rate;         ///< 1/min
  double coefficient;  ///< of the basis curve
  std::array<double, most_fixed> fixed{};
  Triangle triangle{};
  double explained;  ///< sum of the squared projections on Q

  /// Whether the last of `count` columns is more than the others to rounding.
  bool is_determined(std::size_t count) const;
  /// R^-1 of `count` columns.
  Triangle inverse(std::size_t count) const;
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
  /// The fit of a voxel at such a maximum.
  OneRateOptimum optimum_at(const Maximum& maximum, const Coordinates& c) const;

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

}  // namespace pet::detail
