// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace pet {

/// Where the data files that come with the library are (tracers/, studies/): $OCCUPET_DATA_DIR if set, else
/// share/occupet of the installation the running program belongs to, else the source tree of a build. Throws
/// InputNotFound that names the variable.
std::filesystem::path data_folder();

}  // namespace pet
