// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/voxel_block.h"

#include <Eigen/Core>
#include <algorithm>
#include <cassert>

namespace pet::detail {
namespace {

constexpr std::size_t group = 4;  // rows of the product that are summed at once: their sums stay in registers
constexpr int strip = 8;          // lanes that are summed at once
using Strip = Eigen::Array<float, strip, 1>;

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
  for (std::size_t first = 0; first < rows_; first += group) {
    const float* factors = packed_.data() + first * columns_;
    for (std::size_t lane = 0; lane < lanes; lane += strip) {
      std::array<Strip, group> sum;
      sum.fill(Strip::Zero());
      for (std::size_t c = 0; c < columns_; ++c) {
        const Strip values = Eigen::Map<const Strip>(block.row(c) + lane);
        for (std::size_t r = 0; r < group; ++r) sum[r] += factors[c * group + r] * values;
      }
      for (std::size_t r = 0; r < std::min(group, rows_ - first); ++r)
        Eigen::Map<Strip>(result.row(first + r) + lane) = sum[r];
    }
  }
}

}  // namespace pet::detail
