// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "libpet/grid.h"

namespace pet::detail {

enum class NiftiType { int16, int32, float32 };

struct NiftiLayout {
  Grid grid;
  std::size_t volumes = 1;
  bool has_time = false;  ///< a fourth dimension even for one volume
  double frame_s = 0.0;   ///< pixdim[4]
  NiftiType type = NiftiType::float32;
  std::string description;
};

/// The header of a file with what lies between it and the voxels.
std::vector<std::byte> nifti_header_bytes(const NiftiLayout& layout);

/// Writes header and voxels. `fill(first, bytes)` puts the stored values of the voxels from `first` on (counted over
/// all volumes; a multiple of `unit`, as many but for the last as make a block of whole units) into `bytes`; it is
/// called from so many threads (0: one a core). Throws OutputError with the reason.
void write_nifti(const NiftiLayout& layout,
                 const std::function<void(std::size_t first, std::span<std::byte> bytes)>& fill,
                 const std::filesystem::path& path,
                 std::size_t unit = 1,
                 unsigned threads = 0);

}  // namespace pet::detail
