// SPDX-License-Identifier: Apache-2.0
#include "libpet/phantom.h"

#include <algorithm>

#include "libpet/error.h"

namespace pet {
namespace {

bool is_in_any(const std::vector<Ellipsoid>& ellipsoids, const Vector3& position_mm) {
  return std::any_of(ellipsoids.begin(), ellipsoids.end(),
                     [&](const Ellipsoid& ellipsoid) { return ellipsoid.contains(position_mm); });
}

// The last region whose shape holds the position; the background where none does.
std::int16_t region_at(const Study& study, const Vector3& position_mm, std::int16_t background) {
  if (!is_in_any(study.brain, position_mm)) return -1;
  for (std::size_t r = study.regions.size(); r-- > 0;)
    if (is_in_any(study.regions[r].ellipsoids, position_mm)) return static_cast<std::int16_t>(r);
  return background;
}

}  // namespace

std::size_t Phantom::voxel_count(std::size_t region_index) const {
  return static_cast<std::size_t>(std::count(region.begin(), region.end(), static_cast<std::int16_t>(region_index)));
}

Phantom draw_phantom(const Study& study, const std::string& where) {
  const auto background = static_cast<std::int16_t>(&study.region(study.background) - study.regions.data());
  Phantom phantom{study.grid, {}};
  phantom.region.reserve(study.grid.voxel_count());
  for (int k = 0; k < study.grid.size[2]; ++k)
    for (int j = 0; j < study.grid.size[1]; ++j)
      for (int i = 0; i < study.grid.size[0]; ++i)
        phantom.region.push_back(region_at(study, study.grid.position_mm(i, j, k), background));

  for (std::size_t r = 0; r < study.regions.size(); ++r)
    if (phantom.voxel_count(r) == 0)
      throw bad_input(where, "no voxel of region '" + study.regions[r].name + "' in the image",
                      "shapes inside the brain that no later region covers");
  return phantom;
}

LabelMap label_map(const Study& study, const Phantom& phantom) {
  LabelMap map;
  map.grid = phantom.grid;
  map.labels.reserve(phantom.region.size());
  for (const std::int16_t region : phantom.region)
    map.labels.push_back(region < 0 ? 0 : study.regions[static_cast<std::size_t>(region)].label);
  for (const StudyRegion& region : study.regions)
    if (region.label != 0) map.names[region.label] = region.name;
  return map;
}

}  // namespace pet
