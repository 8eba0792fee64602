// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/maps/detail/voxel_block.h"

namespace pet::detail {

/// Where the curves of a model live. All tissue curves that an input can drive are smooth: however many frames there
/// are, about a dozen orthonormal curves span them within single precision. A measured curve is reduced to its dozen
/// coordinates once, and everything after that (search, refinement, standard errors) is a dozen numbers long. Distances
/// in this space are weighted residuals.
class CurveSpace {
 public:
  /// The span of `curves`, one value a frame of the scan each. Curves are added to the basis one by one, always the one
  /// farthest from it for its length, until none is farther than 1e-8 of its length (Gram-Schmidt with pivoting).
  CurveSpace(const std::vector<std::vector<double>>& curves, const FramesUsed& used);

  std::size_t dimensions() const { return basis_.size(); }
  /// Coordinates of a curve in the space.
  std::vector<double> coordinates(const std::vector<double>& curve) const;

  std::size_t frames() const { return root_weight_.size(); }
  /// The weighted curve of some coordinates in the frames used.
  void at_frames(const double* coordinates, double* curve) const;
  /// The frames used of a block of all frames, weighted.
  void weight(const VoxelBlock& measured, VoxelBlock& weighted) const;
  /// Coordinates of the curves in a weighted block.
  void coordinates(const VoxelBlock& weighted, VoxelBlock& result) const { to_space_.multiply(weighted, result); }
  /// Those of one curve of it in double precision, into the first dimensions() of `result`.
  void coordinates(const VoxelBlock& weighted, std::size_t lane, double* result) const;
  /// Squared distance of each curve of the weighted block from the space: what no model of it explains. From the
  /// remainder itself, not as a difference of squares, which would cancel. `scratch` needs as many rows as the block.
  void distance(const VoxelBlock& weighted, const VoxelBlock& coordinates, VoxelBlock& scratch, float* squared) const;

 private:
  std::vector<double> weighted(const std::vector<double>& curve) const;

  FramesUsed used_;
  std::vector<double> root_weight_;
  std::vector<std::vector<double>> basis_;
  std::vector<double> along_basis_;  // the same by frame: [frame][dimension]
  BlockMatrix to_space_;
  BlockMatrix from_space_;
};

}  // namespace pet::detail
