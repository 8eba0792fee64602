// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/voxel_block.h"

#include <algorithm>
#include <cassert>

#include "libpet/detail/vector_versions.h"

namespace pet::detail {
namespace {

constexpr std::size_t group = 4;  // rows of the product that are summed at once: their sums stay in registers
constexpr std::size_t strip = 8;  // lanes that are summed at once
using Strip [[gnu::vector_size(strip * sizeof(float)), gnu::may_alias]] = float;

// Four rows of a product: result[r][lane] = sum over c of factors[c][r] x block[c][lane].
OCCUPET_VECTOR_VERSIONS void multiply_group(const float* factors,
                                            std::size_t columns,
                                            const float* block,
                                            float* result) {
  for (std::size_t lane = 0; lane < lanes; lane += strip) {
    Strip sum[group] = {};
    for (std::size_t c = 0; c < columns; ++c) {
      const Strip values = *reinterpret_cast<const Strip*>(block + c * lanes + lane);
      for (std::size_t r = 0; r < group; ++r) sum[r] += factors[c * group + r] * values;
    }
    for (std::size_t r = 0; r < group; ++r) *reinterpret_cast<Strip*>(result + r * lanes + lane) = sum[r];
  }
}

}  // namespace

BlockMatrix::BlockMatrix(std::span<const double> values, std::size_t rows, std::size_t columns)
    : rows_(rows), columns_(columns), packed_((rows + group - 1) / group * group * columns, 0.0F) {
  assert(values.size() == rows * columns);
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < columns; ++c)
      packed_[(r / group * columns + c) * group + r % group] = static_cast<float>(values[r * columns + c]);
}

void BlockMatrix::multiply(const VoxelBlock& block, VoxelBlock& result) const {
  assert(block.rows() >= columns_ && result.rows() >= rows_);
  for (std::size_t first = 0; first < rows_; first += group)
    multiply_group(packed_.data() + first * columns_, columns_, block.row(0), result.row(first));
}

}  // namespace pet::detail
