// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/tac_table.h"

namespace pet {

/// A region that is made of others.
struct RegionGroup {
  std::string name;
  std::vector<std::string> constituents;
};

/// The groups alone, in their order: each the mean of its constituents weighted by volume, which is the mean of all its
/// voxels, with the sum of their volumes. A region may be part of several groups. Throws InputError, starting with
/// `where`, for a constituent that the table lacks (with the nearest name) or has without a volume.
TacTable merge_regions(const TacTable& table, const std::vector<RegionGroup>& groups, const std::string& where);

}  // namespace pet
