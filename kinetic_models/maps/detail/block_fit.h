// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "kinetic_models/maps/detail/frame_jacobian.h"
#include "kinetic_models/maps/detail/load_block.h"
#include "kinetic_models/maps/detail/voxel_block.h"
#include "kinetic_models/maps/parametric_maps.h"

namespace pet::detail {

/// A model made ready for the voxels of one scan.
class BlockFit {
 public:
  virtual ~BlockFit() = default;
  /// Fits the first `count` lanes of a block of all frames of the scan and writes them into the maps from `first` on.
  /// All curves are finite. `next`, which may have no voxels, is asked for while it works and changes no result. Called
  /// from several threads.
  virtual void fit(const VoxelBlock& measured,
                   std::size_t count,
                   std::size_t first,
                   ParametricMaps& maps,
                   const NextBlock& next) const = 0;
  /// Adds the residuals of those fits that are ok. Models of the curve only.
  virtual void examine(const VoxelBlock& measured,
                       const std::array<bool, lanes>& is_unusable,
                       std::size_t count,
                       ResidualPool& pool) const = 0;
};

/// For models of the curve (model.predict). Null for one that has no terms.
std::unique_ptr<BlockFit> nonlinear_fit(const Model& model,
                                        const ScanInput& input,
                                        const MapOptions& options,
                                        const TimeActivityCurve& mean);
bool has_terms(const Model& model);

/// The same for linear methods.
std::unique_ptr<BlockFit> linear_fit(const Model& model,
                                     const ScanInput& input,
                                     const MapOptions& options,
                                     const TimeActivityCurve& mean);
bool has_linear_terms(const Model& model);

}  // namespace pet::detail
