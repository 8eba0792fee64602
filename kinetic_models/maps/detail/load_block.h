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
/// are not finite, which are set to zero.
std::array<bool, lanes> load_block(const DynamicImage& image,
                                   const std::uint32_t* voxels,
                                   std::size_t count,
                                   VoxelBlock& block);

/// Asks the processor for the values of such a block, which is loaded next, while it works on another: they lie in a
/// place of their own for each frame, and to wait for them takes longer than the fit of a linear method.
void prefetch_block(const DynamicImage& image, const std::uint32_t* voxels, std::size_t count);

}  // namespace pet::detail
