// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "libpet/grid.h"
#include "libpet/picture.h"
#include "libpet/slices.h"

namespace pet {

/// Which values have the first and the last colour of the palette; what lies beyond has those too.
struct ColourScale {
  double least = 0.0;
  double largest = 1.0;

  /// The place of a value in the palette; paper for 0 (not fitted) and for what is no number.
  unsigned char place_of(float value) const;
};

/// From 0 to `display_limit`. Where a twentieth or more of the voxels lie below 0, it begins at the limit of the
/// mirrored voxels. The largest is above the least, whatever the voxels.
ColourScale colour_scale_of(std::span<const float> voxels);

/// How large slices are drawn: the whole number of pixels a voxel, `most_zoom` at most, that keeps every one of
/// `slices` within `most_pixels` across, in pixels a millimetre; less than a pixel a voxel where they have more voxels
/// than that. Precondition: there is a slice.
double pixels_per_mm(const std::vector<Slice>& slices, int most_pixels, int most_zoom);

/// Slices of one size side by side, two pixels apart, with square pixels; nothing is interpolated. Precondition: there
/// is a slice.
Picture mosaic_of(const std::vector<Slice>& slices, const ColourScale& scale, double pixels_per_mm);

/// All colours of values, from the first on the left to the last.
Picture colour_bar(int height);

/// What a value of a map of codes means.
struct MapLevel {
  int value = 0;
  std::string name;
};

/// How an overview is headed, and what its values are.
struct OverviewText {
  std::string title;               ///< "BPND, SRTM"
  std::string unit;                ///< of the values; empty or "1": none
  std::vector<MapLevel> levels{};  ///< of a map of codes: a legend of these takes the place of the colour bar
};

/// A map at a glance: title, slices of each plane with their positions and sides, and the colour bar with its ends. A
/// map that holds no value says so.
Picture map_overview(const Grid& grid, std::span<const float> voxels, const OverviewText& text);

}  // namespace pet
