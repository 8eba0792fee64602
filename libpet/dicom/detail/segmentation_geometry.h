// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/grid.h"

namespace pet::detail {

/// Label Map Segmentation Storage, which DCMTK 3.6.7 does not know.
inline constexpr const char* label_map_segmentation_class = "1.2.840.10008.5.1.4.1.1.66.7";

/// Where the frames of a Segmentation lie.
struct SegmentationGeometry {
  int rows = 0;
  int columns = 0;
  Vector3 row_direction{};
  Vector3 column_direction{};
  double row_spacing_mm = 0.0;
  double column_spacing_mm = 0.0;
  double slice_spacing_mm = 0.0;            ///< 0: not stated
  std::vector<Vector3> frame_positions_mm;  ///< of the first voxel of each frame
};

/// A grid that holds all frames, and the slice of each. Slices between them that no frame covers are part of the grid.
struct PlacedFrames {
  Grid grid;
  std::vector<int> slice_of_frame;
};

/// Throws InputError, starting with `where`, where frames do not lie on evenly spaced parallel slices.
PlacedFrames place_frames(const SegmentationGeometry& geometry, const std::string& where);

}  // namespace pet::detail
