// SPDX-License-Identifier: Apache-2.0
#include "tools/workflow/app.h"

namespace pet {

std::string AppRun::uri_of(const std::filesystem::path& file) const {
  namespace fs = std::filesystem;
  const fs::path normal = fs::absolute(file).lexically_normal();
  const auto below = [&](const fs::path& folder) -> std::string {
    const fs::path relative = normal.lexically_relative(fs::absolute(folder).lexically_normal());
    return relative.empty() || relative.native().starts_with("..") ? "" : relative.generic_string();
  };
  if (const std::string path = below(results); !path.empty()) return "bids::" + path;
  // A derivative may lie inside the raw dataset.
  for (auto dataset = datasets.rbegin(); dataset != datasets.rend(); ++dataset)
    if (const std::string path = below(dataset->path); !path.empty()) return "bids:" + dataset->name + ":" + path;
  return file.filename().string();
}

}  // namespace pet
