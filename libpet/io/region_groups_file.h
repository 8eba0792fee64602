// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/region_groups.h"

namespace pet {

/// Reads a table that has a row for each part of a group, with the columns `RegionName` (the group) and
/// `ConstituentRegion` (PETFit's petfit_regions.tsv); other columns are passed over. Groups come in the order in which
/// they first occur. Throws InputError with file and line for a blank name or a part that is listed twice.
std::vector<RegionGroup> read_region_groups(const std::string& path);

}  // namespace pet
