// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/tsv.h"
#include "libpet/tac_table.h"

namespace pet {

/// Indices of the named regions; all regions for an empty list. Throws UsageError for a name that is not there (with
/// the nearest) or is given twice.
inline std::vector<std::size_t> region_indices(const TacTable& table, const std::vector<std::string>& names) {
  std::vector<std::size_t> indices;
  for (const std::string& name : names) {
    const std::size_t index = table.index_of(name);
    if (std::find(indices.begin(), indices.end(), index) != indices.end())
      throw UsageError("region '" + name + "' is asked for twice");
    indices.push_back(index);
  }
  return indices;
}

/// The number that an option was given.
inline double number_argument(const std::string& option, const std::string& text) {
  const std::optional<double> value = parse_number(text);
  if (!value) throw UsageError(option + " '" + text + "': expected a number");
  return *value;
}

/// What an option "VALUE|region:NAME" says: one of the two.
struct ValueOrRegion {
  std::optional<double> value;
  std::string region;
};

inline ValueOrRegion value_or_region(const std::string& option, const std::string& text, const std::string& unit) {
  constexpr std::string_view from_region = "region:";
  if (text.starts_with(from_region)) return {std::nullopt, text.substr(from_region.size())};
  const std::optional<double> value = parse_number(text);
  if (!value) throw UsageError(option + " '" + text + "': expected a number in " + unit + " or region:NAME");
  return {value, ""};
}

/// The sidecar of a table: the same name with .json.
inline std::filesystem::path sidecar_of(std::filesystem::path table) {
  return table.replace_extension(".json");
}

}  // namespace pet
