// SPDX-License-Identifier: Apache-2.0
#include "libpet/tac_table.h"

#include <algorithm>

#include "libpet/error.h"

namespace pet {

std::size_t TacTable::index_of(std::string_view region) const {
  const auto found = std::find(regions.begin(), regions.end(), region);
  if (found == regions.end())
    throw UsageError("no region '" + std::string(region) + "' in the table" + suggestion(region, regions));
  return static_cast<std::size_t>(found - regions.begin());
}

}  // namespace pet
