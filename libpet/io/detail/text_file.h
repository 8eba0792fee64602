// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace pet::detail {

/// The bytes of a file. Throws InputNotFound with the reason where it cannot be read.
std::string read_text_file(const std::filesystem::path& path);

/// `path` without its last extension, ".nii.gz" counting as one.
std::filesystem::path without_extension(const std::filesystem::path& path);

}  // namespace pet::detail
