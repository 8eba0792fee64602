// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <system_error>

#include "libpet/io/detail/bids_name.h"

namespace pet::detail {

std::map<std::string, std::string> entities_of(const std::filesystem::path& path) {
  const std::string name = path.filename();
  std::map<std::string, std::string> entities;
  for (std::size_t start = 0; start < name.size();) {
    const std::size_t end = name.find('_', start);
    if (end == std::string::npos) break;  // the last part is the suffix
    const std::size_t dash = name.find('-', start);
    if (dash < end) entities[name.substr(start, dash - start)] = name.substr(dash + 1, end - dash - 1);
    start = end + 1;
  }
  return entities;
}

std::vector<std::filesystem::path> companions(const std::filesystem::path& path,
                                              const std::filesystem::path& folder,
                                              std::string_view ending) {
  const auto wanted = entities_of(path);
  if (!wanted.contains("sub")) return {};
  std::vector<std::filesystem::path> nearest;
  std::size_t fewest = std::numeric_limits<std::size_t>::max();
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (!entry.path().filename().native().ends_with(ending)) continue;
    const auto found = entities_of(entry.path());
    std::size_t unknown = 0;
    const bool fits = std::all_of(found.begin(), found.end(), [&](const auto& entity) {
      const auto match = wanted.find(entity.first);
      if (match == wanted.end()) ++unknown;
      return match == wanted.end() || match->second == entity.second;
    });
    if (!fits || !found.contains("sub") || found.contains("ses") != wanted.contains("ses")) continue;
    if (unknown < fewest) nearest.clear();
    fewest = std::min(fewest, unknown);
    if (unknown == fewest) nearest.push_back(entry.path());
  }
  std::sort(nearest.begin(), nearest.end());
  return nearest;
}

}  // namespace pet::detail
