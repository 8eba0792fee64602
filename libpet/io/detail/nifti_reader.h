// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "libpet/grid.h"

namespace pet::detail {

/// A NIfTI-1/2 file of real numbers, read piece by piece. Throws InputNotFound, or InputError for what is no NIfTI
/// file, has no orientation, or is shorter than its header says; that is checked before memory is taken.
class NiftiReader {
 public:
  explicit NiftiReader(const std::filesystem::path& path);
  ~NiftiReader();

  const Grid& grid() const { return grid_; }
  std::size_t volumes() const { return volumes_; }
  /// The next voxels, scaled by slope and intercept, in pieces of any size through all volumes, no more than there are.
  /// The piece that holds the last one throws where compressed data do not have their checksum: until then voxels are
  /// not known to be right.
  void read(std::span<float> values);
  void read(std::span<double> values);
  /// The next `count` voxels in pieces that fit into the cache: `take` is called with each.
  template <typename Value, typename Take>
  void read_pieces(std::size_t count, const Take& take) {
    constexpr std::size_t piece = 16384;
    std::vector<Value> buffer(std::min(piece, count));
    for (std::size_t first = 0; first < count; first += piece) {
      const std::span<Value> values = std::span(buffer).first(std::min(piece, count - first));
      read(values);
      take(values);
    }
  }
  /// Calls `reserve`, which takes memory for values of so many bytes; where there is not as much, throws InputError
  /// with the size.
  void take_memory(std::size_t bytes, const std::function<void()>& reserve) const;

 private:
  struct Input;
  template <typename Value>
  void read_scaled(std::span<Value> values);
  std::string source_;
  Grid grid_;
  std::size_t volumes_ = 0;
  std::unique_ptr<Input> input_;
};

}  // namespace pet::detail
