// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

#include "kinetic_models/maps/parametric_maps.h"

namespace pet::detail {

/// The results of some voxels, one lane each: parameters or coefficients with their covariance (row-major), as in Fit.
struct VoxelResults {
  static constexpr std::size_t lanes = 32;  ///< so few that what is made of them stays in the nearest cache
  static constexpr std::size_t most_parameters = 6;
  using Row = std::array<double, lanes>;

  alignas(64) std::array<Row, most_parameters> parameter;
  alignas(64) std::array<Row, most_parameters * most_parameters> covariance;
  Row weighted_rss;
  Row frames;                              ///< used
  std::array<std::uint8_t, lanes> fitted;  ///< how many parameters
  std::array<FitStatus, lanes> status;
};

/// Writes the quantities of a model with their standard errors (by propagation), RSS, AICc and status of the first
/// `count` lanes into the maps from `first` on; the covariance has `parameters` rows. A fit that failed has no numbers.
void report(const Model& model,
            const FitOptions& options,
            std::size_t parameters,
            const VoxelResults& results,
            std::size_t count,
            std::size_t first,
            ParametricMaps& maps);

}  // namespace pet::detail
