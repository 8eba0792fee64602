// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace pet::detail {

/// Voxels are worked on in blocks of this many, in single precision, one row a frame (or coordinate) and one lane a
/// voxel: every operation on a row is the same for all lanes, so that it fills the vector units and no voxel's result
/// depends on its neighbours, on the number of threads, or on where its block begins.
inline constexpr std::size_t lanes = 128;

/// Rows of lanes, [row][lane]; behind them room for as many as a group of a BlockMatrix may have too many.
class VoxelBlock {
 public:
  VoxelBlock() = default;
  explicit VoxelBlock(std::size_t rows) { resize(rows); }

  /// Keeps what it holds where it already has that many rows.
  void resize(std::size_t rows) {
    rows_ = rows;
    rows_of_lanes_.resize(rows + spare_rows);
  }

  std::size_t rows() const { return rows_; }
  float* row(std::size_t r) { return rows_of_lanes_[r].lane.data(); }
  const float* row(std::size_t r) const { return rows_of_lanes_[r].lane.data(); }

 private:
  static constexpr std::size_t spare_rows = 3;
  struct alignas(64) Row {
    std::array<float, lanes> lane{};
  };
  std::size_t rows_ = 0;
  std::vector<Row> rows_of_lanes_;
};

/// A matrix that multiplies blocks. Every element of a product is summed in the order of the columns.
class BlockMatrix {
 public:
  BlockMatrix() = default;
  /// `values` is rows x columns, row-major.
  BlockMatrix(std::span<const double> values, std::size_t rows, std::size_t columns);

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  /// result = matrix x block; `result` needs rows(), `block` columns() rows.
  void multiply(const VoxelBlock& block, VoxelBlock& result) const;

 private:
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  std::vector<float> packed_;  // groups of four rows, in each column by column
};

}  // namespace pet::detail
