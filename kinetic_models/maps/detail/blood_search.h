// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "kinetic_models/maps/detail/pair_search.h"
#include "kinetic_models/maps/detail/rate_search.h"

namespace pet::detail {

/// The search for rates with the coefficient of blood, the first fixed curve of a model, either free or known: its part
/// is then taken off the voxels first.
struct BloodSearch {
  const RateTable& table;
  std::optional<double> known_blood;
  RateSearch rates;
  std::optional<PairSearch> pairs;  ///< where two rates are sought

  BloodSearch(const RateTable& curves, std::optional<double> known, std::size_t every, bool is_paired)
      : table(curves), known_blood(known), rates(curves, free_fixed(), every) {
    if (is_paired) pairs.emplace(rates);
  }
  BloodSearch(const BloodSearch&) = delete;  // the pairs refer to the rates
  BloodSearch& operator=(const BloodSearch&) = delete;

  Coordinates without_blood(Coordinates c) const {
    if (known_blood) add(c, -*known_blood, table.fixed()[0], table.width());
    return c;
  }
  void take_off_blood(VoxelBlock& coordinates) const {
    if (known_blood.value_or(0.0) == 0.0) return;
    for (std::size_t d = 0; d < coordinates.rows(); ++d) {
      const auto part = static_cast<float>(*known_blood * table.fixed()[0][d]);
      for (std::size_t lane = 0; lane < lanes; ++lane) coordinates.row(d)[lane] -= part;
    }
  }
  /// What the best fit at a refined place of `pairs` leaves of |c|^2, c being without blood.
  double cost(const PairSearch::Place& place, const Coordinates& c) const {
    return rates.beside_fixed(c) - place.explained;
  }

 private:
  std::vector<std::size_t> free_fixed() const {
    std::vector<std::size_t> indices;
    for (std::size_t f = known_blood ? 1 : 0; f < table.fixed().size(); ++f) indices.push_back(f);
    return indices;
  }
};

}  // namespace pet::detail
