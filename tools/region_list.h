// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/tac_table.h"

namespace pet {

/// Indices of the named regions; all regions for an empty list. Throws UsageError with the nearest name.
inline std::vector<std::size_t> region_indices(const TacTable& table, const std::vector<std::string>& names) {
  std::vector<std::size_t> indices;
  for (const std::string& name : names) indices.push_back(table.index_of(name));
  return indices;
}

}  // namespace pet
