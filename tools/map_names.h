// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace pet {

/// PREFIX_model-LABEL_meas-SYMBOL, with _desc-stderr for a standard error: the beginning of a map's name, after which
/// comes _mimap and the ending of its format.
std::string map_stem(const std::string& prefix, const std::string& label, const std::string& symbol, bool is_stderr);

/// "x_mimap.json" for "x_mimap.nii" and "x_mimap.nii.gz".
std::filesystem::path map_sidecar_path(const std::string& map);

/// "x_mimap.png" for "x_mimap.nii" and "x_mimap.nii.gz".
std::filesystem::path map_overview_path(const std::string& map);

/// The quantity that a map's name tells ("BPND" of "..._meas-BPND_mimap.nii.gz"); empty where it tells none.
std::string measure_of_map(const std::string& map);

/// What lies beside the map of a quantity.
enum class MapCompanion { standard_error, status };

/// The file beside a map that is named as pet-map names it (..._meas-BPND_mimap.nii.gz); nothing where there is none.
std::optional<std::string> companion_map(const std::string& map, MapCompanion companion);

}  // namespace pet
