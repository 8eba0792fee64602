// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

namespace pet {

/// Whether `path` is a folder rather than another kind of file. Throws InputNotFound where there is nothing or it
/// cannot be looked at.
bool is_existing_folder(const std::filesystem::path& path);

/// The regular files below a folder, sorted, and below the folders that links lead to, each folder once: links may form
/// a loop. A link to nothing is no file. Throws InputNotFound for folders that cannot be read.
std::vector<std::filesystem::path> files_below(const std::filesystem::path& folder);

}  // namespace pet
