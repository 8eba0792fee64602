// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/region_groups_file.h"

#include <algorithm>

#include "libpet/error.h"
#include "libpet/io/tsv.h"

namespace pet {

std::vector<RegionGroup> read_region_groups(const std::string& path) {
  const Tsv tsv = Tsv::read(path);
  const std::size_t name = tsv.column("RegionName");
  const std::size_t part = tsv.column("ConstituentRegion");
  std::vector<RegionGroup> groups;
  for (std::size_t r = 0; r < tsv.rows(); ++r) {
    for (const std::size_t column : {name, part})
      if (tsv.cell(r, column).empty() || tsv.cell(r, column) == "n/a")
        throw bad_input(tsv.where(r, column), "'" + tsv.cell(r, column) + "'", "a name");
    auto group = std::ranges::find(groups, tsv.cell(r, name), &RegionGroup::name);
    if (group == groups.end()) group = groups.insert(groups.end(), {tsv.cell(r, name), {}});
    if (std::ranges::find(group->constituents, tsv.cell(r, part)) != group->constituents.end())
      throw bad_input(tsv.where(r, part), "'" + tsv.cell(r, part) + "' a second time in " + group->name,
                      "every part once");
    group->constituents.push_back(tsv.cell(r, part));
  }
  if (groups.empty()) throw bad_input(path, "no group", "at least one row");
  return groups;
}

}  // namespace pet
