// SPDX-License-Identifier: Apache-2.0
#include "libpet/region_groups.h"

#include "libpet/error.h"

namespace pet {
namespace {

std::size_t constituent(const TacTable& table, const std::string& name, const std::string& where) {
  try {
    return table.index_of(name);
  } catch (const UsageError& error) {
    throw InputError(where + ": " + error.what());
  }
}

}  // namespace

TacTable merge_regions(const TacTable& table, const std::vector<RegionGroup>& groups, const std::string& where) {
  TacTable merged;
  merged.frames = table.frames;
  merged.unit = table.unit;
  merged.tracer = table.tracer;
  for (const RegionGroup& group : groups) {
    double volume = 0.0;
    std::vector<double> sum(table.frames.size(), 0.0);
    for (const std::string& name : group.constituents) {
      const std::size_t region = constituent(table, name, where);
      if (region >= table.volume_mm3.size() || !table.volume_mm3[region])
        throw bad_input(where, "region '" + name + "' without a volume", "a volume, which weights it");
      volume += *table.volume_mm3[region];
      for (std::size_t f = 0; f < sum.size(); ++f) sum[f] += *table.volume_mm3[region] * table.activity[region][f];
    }
    for (double& value : sum) value /= volume;
    merged.regions.push_back(group.name);
    merged.activity.push_back(std::move(sum));
    merged.volume_mm3.push_back(volume);
  }
  return merged;
}

}  // namespace pet
