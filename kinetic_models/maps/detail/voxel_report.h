// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "kinetic_models/maps/parametric_maps.h"

namespace pet::detail {

/// The result of one voxel: parameters or coefficients with their covariance (row-major), as in Fit.
struct VoxelResult {
  std::span<const double> parameters;
  std::span<const double> covariance;
  double weighted_rss;
  std::size_t frames;  ///< used
  std::size_t fitted;  ///< parameters
  FitStatus status;
};

/// Writes the quantities of a model with their standard errors (by propagation), RSS, AICc and status into the maps.
void report(
    const Model& model, const FitOptions& options, const VoxelResult& result, std::size_t at, ParametricMaps& maps);

}  // namespace pet::detail
