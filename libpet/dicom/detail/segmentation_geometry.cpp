// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/segmentation_geometry.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "libpet/error.h"

namespace pet::detail {
namespace {

constexpr double same_position_mm = 0.01;
// A grid is as large as the distance of its frames says: few far apart are refused before memory is taken.
constexpr std::size_t most_slices = 4096;
constexpr std::size_t slices_of_any = 512;
constexpr std::size_t slices_per_frame = 16;
constexpr std::size_t voxels_of_any = std::size_t{1} << 27;

double dot(const Vector3& a, const Vector3& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

Vector3 normal_of(const SegmentationGeometry& geometry, const std::string& where) {
  const Vector3& r = geometry.row_direction;
  const Vector3& c = geometry.column_direction;
  constexpr double tolerance = 1e-3;
  if (!(std::abs(dot(r, r) - 1.0) <= tolerance) || !(std::abs(dot(c, c) - 1.0) <= tolerance) ||
      !(std::abs(dot(r, c)) <= tolerance))
    throw bad_input(where + " tag (0020,0037) ImageOrientationPatient", "directions that are not orthonormal",
                    "orthogonal unit vectors");
  return {r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0]};
}

// The stated spacing or, where the file states none, the smallest distance between frames.
double spacing_of(const SegmentationGeometry& geometry, std::vector<double> positions, const std::string& where) {
  if (geometry.slice_spacing_mm > 0.0) return geometry.slice_spacing_mm;
  std::sort(positions.begin(), positions.end());
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < positions.size(); ++i)
    if (const double step = positions[i] - positions[i - 1]; step > same_position_mm)
      smallest = std::min(smallest, step);
  if (std::isfinite(smallest)) return smallest;
  throw bad_input(where + " tag (0018,0088) SpacingBetweenSlices", "no spacing of the only slice", "one");
}

}  // namespace

PlacedFrames place_frames(const SegmentationGeometry& geometry, const std::string& where) {
  const Vector3 normal = normal_of(geometry, where);
  std::vector<double> positions;
  for (const Vector3& position : geometry.frame_positions_mm) positions.push_back(dot(position, normal));
  const double spacing = spacing_of(geometry, positions, where);
  const auto first = std::min_element(positions.begin(), positions.end());
  const Vector3 origin = geometry.frame_positions_mm[static_cast<std::size_t>(first - positions.begin())];

  const std::size_t frame_voxels = static_cast<std::size_t>(geometry.rows) * static_cast<std::size_t>(geometry.columns);
  const std::size_t few = std::min(slices_of_any, voxels_of_any / frame_voxels);
  const std::size_t most = std::clamp(slices_per_frame * positions.size(), few, most_slices);

  PlacedFrames placed;
  int slices = 0;
  for (std::size_t f = 0; f < positions.size(); ++f) {
    const double index = (positions[f] - *first) / spacing;
    const double slice = std::nearbyint(index);
    Vector3 offset{};
    for (int d = 0; d < 3; ++d) offset[d] = geometry.frame_positions_mm[f][d] - origin[d] - slice * spacing * normal[d];
    if (!(std::sqrt(dot(offset, offset)) <= 0.05 * spacing + same_position_mm) ||
        !(slice < static_cast<double>(most))) {
      char found[120];
      std::snprintf(found, sizeof found, "frame %zu at %.5g mm, %.4g slices from the first", f + 1, positions[f],
                    index);
      throw bad_input(where + " tag (0020,0032) ImagePositionPatient", found, "evenly spaced parallel slices");
    }
    placed.slice_of_frame.push_back(static_cast<int>(slice));
    slices = std::max(slices, static_cast<int>(slice) + 1);
  }
  placed.grid = {{geometry.columns, geometry.rows, slices}, origin, {}};
  for (int d = 0; d < 3; ++d) {
    placed.grid.axis_mm[0][d] = geometry.row_direction[d] * geometry.column_spacing_mm;
    placed.grid.axis_mm[1][d] = geometry.column_direction[d] * geometry.row_spacing_mm;
    placed.grid.axis_mm[2][d] = normal[d] * spacing;
  }
  return placed;
}

}  // namespace pet::detail
