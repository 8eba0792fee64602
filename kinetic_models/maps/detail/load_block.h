// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "kinetic_models/maps/detail/voxel_block.h"
#include "libpet/image.h"

namespace pet::detail {

/// Copies the curves of `count` voxels of an image into the lanes of a block that has a row for every frame, zeros into
/// the others. Returns which lanes hold no curve that could be fitted: those that are zero throughout, and those that
/// are not finite (or whose sizes add up to no finite number in single precision), which are set to zero.
std::array<bool, lanes> load_block(const DynamicImage& image,
                                   const std::uint32_t* voxels,
                                   std::size_t count,
                                   VoxelBlock& block);

/// The block that a thread loads next. While a fit works on one it asks for parts of the next from time to time: its
/// values lie in a place of their own for each frame, waiting for them takes a seventh of the time of a linear method,
/// and a processor drops what is asked for all at once. Image and voxels must outlive it.
class NextBlock {
 public:
  NextBlock(const DynamicImage& image, const std::uint32_t* voxels, std::size_t count)
      : image_(image), voxels_(voxels), count_(count) {}

  /// Part k of `parts`.
  void fetch(std::size_t k, std::size_t parts) const;

 private:
  const DynamicImage& image_;
  const std::uint32_t* voxels_;
  std::size_t count_;
};

}  // namespace pet::detail
