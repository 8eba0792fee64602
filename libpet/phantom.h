// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "libpet/labels.h"
#include "libpet/study.h"

namespace pet {

/// Which region of a study every voxel belongs to.
struct Phantom {
  Grid grid;
  /// One value a voxel, i fastest: the index into Study::regions, or -1 outside the brain.
  std::vector<std::int16_t> region;

  std::size_t voxel_count(std::size_t region_index) const;
};

/// Fills the voxels whose centres lie in the brain with the background, then with each region in turn: where shapes
/// overlap the later region wins. Throws InputError, beginning with `where`, that names a region left without voxels.
Phantom draw_phantom(const Study& study, const std::string& where);

/// The label map of a phantom; regions with label 0 are background there.
LabelMap label_map(const Study& study, const Phantom& phantom);

}  // namespace pet
