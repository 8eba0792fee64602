// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace pet::detail {

/// The fragments of encapsulated pixels (DICOM PS3.5 A.4) of one file. Lengths are checked against the file before
/// memory is taken.
class EncapsulatedPixels {
 public:
  /// `offset` is where the first item, the table of offsets, begins. Throws InputError, starting with `where`, for
  /// items that are none or reach beyond the end of the file, and where they do not tell `frames` frames apart.
  EncapsulatedPixels(const std::filesystem::path& path,
                     std::size_t offset,
                     std::size_t frames,
                     const std::string& where);

  /// The compressed bytes of one frame, its fragments put together.
  std::vector<unsigned char> frame(std::size_t index) const;

 private:
  struct Fragment {
    std::size_t offset = 0;  ///< in the file, of its bytes
    std::size_t length = 0;
  };
  std::filesystem::path path_;
  std::vector<Fragment> fragments_;
  std::vector<std::size_t> first_of_frame_;  ///< and the number of fragments at its end
};

}  // namespace pet::detail
