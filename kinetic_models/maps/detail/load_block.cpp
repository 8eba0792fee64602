// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/load_block.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "kinetic_models/maps/detail/vector_versions.h"

namespace pet::detail {
namespace {

// Which lanes hold a curve that is not finite, or zero throughout: x - x is 0 for every finite x.
OCCUPET_VECTOR_VERSIONS void note_unusable(const float* row, float* not_finite, float* size) {
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    not_finite[lane] += row[lane] - row[lane];
    size[lane] += std::abs(row[lane]);
  }
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
  std::array<float, lanes> not_finite{};
  std::array<float, lanes> size{};
  for (std::size_t f = 0; f < block.rows(); ++f) {
    const float* frame = image.frame(f).data();
    float* row = block.row(f);
    if (is_run)
      std::copy_n(frame + voxels[0], count, row);
    else
      for (std::size_t lane = 0; lane < count; ++lane) row[lane] = frame[voxels[lane]];
    std::fill(row + count, row + lanes, 0.0F);
    note_unusable(row, not_finite.data(), size.data());
  }
  std::array<bool, lanes> is_unusable;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    const bool is_finite = not_finite[lane] == 0.0F;
    is_unusable[lane] = !is_finite || size[lane] == 0.0F;
    for (std::size_t f = 0; !is_finite && f < block.rows(); ++f) block.row(f)[lane] = 0.0F;
  }
  return is_unusable;
}

}  // namespace pet::detail
