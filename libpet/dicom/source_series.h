// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pet {

/// Where the PET series is from which something was derived.
struct SourceOfDerivation {
  std::filesystem::path folder;
  std::string series_uid;  ///< empty: the only series of the folder
  unsigned threads = 0;
};

/// The files of the first frame of that series, one a slice or, of Enhanced PET, with all: where all of its frames lie.
/// Throws InputError.
std::vector<std::filesystem::path> first_frame_files(const SourceOfDerivation& source);

}  // namespace pet
