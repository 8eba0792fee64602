// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

namespace pet::detail {

/// The files that a DICOMDIR refers to (DICOM PS3.3 F, PS3.10 8), in its order; nothing where the file is none. Throws
/// InputNotFound for a file that cannot be opened, InputError where it refers to a file that is not there, or that
/// does not lie in or below the folder of the DICOMDIR.
std::optional<std::vector<std::filesystem::path>> files_of_dicomdir(const std::filesystem::path& path);

}  // namespace pet::detail
