// SPDX-License-Identifier: Apache-2.0
#include "libpet/data_folder.h"

#include <cstdlib>
#include <system_error>
#include <vector>

#include "libpet/error.h"

namespace pet {

std::filesystem::path data_folder() {
  if (const char* chosen = std::getenv("OCCUPET_DATA_DIR")) {
    if (!std::filesystem::is_directory(std::filesystem::path(chosen) / "tracers"))
      throw InputNotFound(std::string(chosen) + ": OCCUPET_DATA_DIR has no folder 'tracers'");
    return chosen;
  }
  std::vector<std::filesystem::path> candidates;
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) candidates.push_back(program.parent_path().parent_path() / "share" / "occupet");
  candidates.emplace_back(OCCUPET_SOURCE_DATA_DIR);
  for (const std::filesystem::path& candidate : candidates)
    if (std::filesystem::is_directory(candidate / "tracers", error)) return candidate;
  throw InputNotFound("the data files of Occupet: not found; set OCCUPET_DATA_DIR to the folder that holds 'tracers'");
}

}  // namespace pet
