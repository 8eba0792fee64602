// SPDX-License-Identifier: Apache-2.0
#include "tools/map_names.h"

namespace pet {

std::string map_stem(const std::string& prefix, const std::string& label, const std::string& symbol, bool is_stderr) {
  return prefix + "_model-" + label + "_meas-" + symbol + (is_stderr ? "_desc-stderr" : "");
}

std::filesystem::path map_sidecar_path(const std::string& map) {
  return map.substr(0, map.rfind(".nii")) + ".json";
}

std::filesystem::path map_overview_path(const std::string& map) {
  return map.substr(0, map.rfind(".nii")) + ".png";
}

std::string measure_of_map(const std::string& map) {
  const std::string entity = "_meas-";
  const std::size_t start = map.rfind(entity);
  if (start == std::string::npos) return "";
  const std::size_t value = start + entity.size();
  return map.substr(value, map.find_first_of("_.", value) - value);
}

std::optional<std::string> companion_map(const std::string& map, MapCompanion companion) {
  const std::size_t meas = map.rfind("_meas-");
  const std::size_t ending = map.rfind("_mimap.nii");
  if (meas == std::string::npos || ending == std::string::npos || ending < meas) return std::nullopt;
  const std::string path = companion == MapCompanion::status
                               ? map.substr(0, meas) + "_meas-status" + map.substr(ending)
                               : map.substr(0, ending) + "_desc-stderr" + map.substr(ending);
  if (path == map || !std::filesystem::is_regular_file(path)) return std::nullopt;
  return path;
}

}  // namespace pet
