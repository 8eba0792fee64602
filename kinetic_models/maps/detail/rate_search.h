// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kinetic_models/maps/detail/rate_table.h"

namespace pet::detail {

/// The best rates of a grid for every voxel of a block. Linear coefficients of the fixed curves are free: the basis
/// curves are freed of their parts along these and scaled to unit length, u(theta). The residual sum of squares of the
/// best fit with one rate is then |c|^2 - (u . c)^2, so that one matrix product of all u with all voxels ranks them.
class RateSearch {
 public:
  /// `free_fixed` are the indices of the fixed curves of the table whose coefficients are free; `every` is the number
  /// of nodes of the table from one rate of the grid to the next.
  RateSearch(const RateTable& table, const std::vector<std::size_t>& free_fixed, std::size_t every);

  std::size_t size() const { return node_.size(); }
  /// u . c for all rates of the grid and all voxels of a block.
  void project(const VoxelBlock& coordinates, VoxelBlock& projections) const {
    unit_product_.multiply(coordinates, projections);
  }
  /// The rate of the grid with the largest |u . c| in each lane.
  void best_of_one(const VoxelBlock& projections, std::int32_t* best) const;
  /// The pair of rates with the smallest residual of two curves whose coefficients are both positive; where no pair has
  /// such coefficients, the best single rate twice. Pairs are a * size() + b, a < b.
  void best_of_two(const VoxelBlock& projections, std::int32_t* best) const;

  double rate(std::size_t of_grid) const { return table_.rate_at(position(of_grid)); }
  /// From the best rate of the grid to the maximum of (u . c)^2 on the cubic through values and slopes of u . c there
  /// and at its neighbour uphill.
  double between_rates(std::size_t best, const Coordinates& c) const;

 private:
  double position(std::size_t of_grid) const { return static_cast<double>(node_[of_grid]) * table_.step(); }
  double along(const Coordinates& direction, const Coordinates& c) const;

  struct Pair {
    std::uint16_t a;
    std::uint16_t b;
    float cosine;           // u_a . u_b
    float inverse_squared;  // 1 / (1 - cosine^2)
  };
  const RateTable& table_;
  std::vector<std::size_t> node_;
  std::vector<Coordinates> unit_;
  std::vector<Coordinates> slope_;  // of u by x
  std::vector<Pair> pairs_;
  BlockMatrix unit_product_;
};

}  // namespace pet::detail
