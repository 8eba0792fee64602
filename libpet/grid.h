// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace pet {

using Vector3 = std::array<double, 3>;

/// Where the voxels of an image lie in the patient: DICOM coordinates (x to the left, y to the back, z to the
/// head), in mm. Voxel (i, j, k) is centred at origin + i axis[0] + j axis[1] + k axis[2]; i runs fastest
/// in memory.
struct Grid {
  std::array<int, 3> size{};
  Vector3 origin_mm{};
  std::array<Vector3, 3> axis_mm{};

  std::size_t voxel_count() const;
  double voxel_volume_mm3() const;
  Vector3 position_mm(double i, double j, double k) const;
  /// Continuous voxel index of a position; the inverse of position_mm.
  Vector3 index_of(const Vector3& position_mm) const;
};

/// "64x64x40 voxels of 4x4x3.125 mm, first at (-126, -126, -61) mm", for messages.
std::string describe(const Grid& grid);

/// Whether all corner voxels of the grids lie within `tolerance` of a voxel of each other.
bool same_grid(const Grid& a, const Grid& b, double tolerance = 0.1);

}  // namespace pet
