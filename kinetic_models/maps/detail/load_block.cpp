// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/load_block.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "libpet/detail/vector_versions.h"

namespace pet::detail {
namespace {

// Adds up the sizes of the values of every lane: 0 for a curve that is zero throughout, not finite for one that is not.
OCCUPET_VECTOR_VERSIONS void add_sizes(const float* row, float* size) {
  for (std::size_t lane = 0; lane < lanes; ++lane) size[lane] += std::abs(row[lane]);
}

}  // namespace

void NextBlock::fetch(std::size_t k, std::size_t parts) const {
#ifdef __GNUC__
  constexpr std::size_t line = 64 / sizeof(float);  // a cache line
  const std::size_t frames = image_.frames.size();
  for (std::size_t f = k * frames / parts; f < (k + 1) * frames / parts; ++f) {
    const float* const frame = image_.frame(f).data();
    for (std::size_t lane = 0; lane < count_; lane += line) __builtin_prefetch(frame + voxels_[lane]);
  }
#endif
}

std::array<bool, lanes> load_block(const DynamicImage& image,
                                   const std::uint32_t* voxels,
                                   std::size_t count,
                                   VoxelBlock& block) {
  const bool is_run = voxels[count - 1] - voxels[0] == count - 1 &&
                      std::adjacent_find(voxels, voxels + count, std::greater_equal<>()) == voxels + count;
  std::array<float, lanes> size{};
  for (std::size_t f = 0; f < block.rows(); ++f) {
    const float* frame = image.frame(f).data();
    float* row = block.row(f);
    if (is_run)
      std::copy_n(frame + voxels[0], count, row);
    else
      for (std::size_t lane = 0; lane < count; ++lane) row[lane] = frame[voxels[lane]];
    std::fill(row + count, row + lanes, 0.0F);
    add_sizes(row, size.data());
  }
  std::array<bool, lanes> is_unusable;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const bool is_finite = std::isfinite(size[lane]);
    is_unusable[lane] = !is_finite || size[lane] == 0.0F;
    for (std::size_t f = 0; !is_finite && f < block.rows(); ++f) block.row(f)[lane] = 0.0F;
  }
  return is_unusable;
}

}  // namespace pet::detail
