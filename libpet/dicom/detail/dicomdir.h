// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

namespace pet::detail {

/// The files that the records in use of a DICOMDIR refer to (DICOM PS3.3 F, PS3.10 8), in its order; those that are not
/// there and are no PET image are passed over. Throws InputError where a PET image is not there, or a file does not lie
/// in or below the folder of the DICOMDIR, and as read_file_header does.
std::vector<std::filesystem::path> files_of_dicomdir(const std::filesystem::path& path);

}  // namespace pet::detail
