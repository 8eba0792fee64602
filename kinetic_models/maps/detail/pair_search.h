// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "kinetic_models/maps/detail/rate_search.h"

namespace pet::detail {

/// The best pairs of rates for every voxel of a block. What two unit curves explain together follows from their
/// projections and their angle. The sum of squares has more than one minimum over two rates: the best pair of the grid
/// is sought in each of three zones of the faster rate, and each is followed to its minimum.
class PairSearch {
 public:
  static constexpr std::size_t zones = 3;
  /// For each zone the best pair of grid rates in each lane; -1 where no pair has two positive coefficients.
  using BestPairs = std::array<std::array<std::int32_t, lanes>, zones>;

  /// A place between the nodes of the search for each of the two rates, and what they explain of |c|^2.
  struct Place {
    double slow = 0.0;
    double fast = 0.0;
    double explained = 0.0;
  };

  explicit PairSearch(const RateSearch& search);

  void find(const VoxelBlock& projections, BestPairs& best) const;
  Place of_grid(std::int32_t pair) const;
  /// From there to the minimum of the sum of squares over both rates, coefficients being free: Newton's method on the
  /// rates alone (variable projection), damped where a step does not improve.
  Place refined(Place start, const Coordinates& c) const;

 private:
  struct Pair {
    std::uint16_t slow;
    std::uint16_t fast;
    float cosine;           // of the angle between the two curves
    float inverse_squared;  // 1 / (1 - cosine^2)
  };
  const RateSearch& search_;
  std::array<std::vector<Pair>, zones> pairs_;
};

}  // namespace pet::detail
