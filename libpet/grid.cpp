// SPDX-License-Identifier: Apache-2.0
#include "libpet/grid.h"

#include <cmath>
#include <cstdio>

namespace pet {
namespace {

Vector3 cross(const Vector3& a, const Vector3& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

double dot(const Vector3& a, const Vector3& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

double length(const Vector3& a) {
  return std::sqrt(dot(a, a));
}

}  // namespace

std::size_t Grid::voxel_count() const {
  return static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) * static_cast<std::size_t>(size[2]);
}

double Grid::voxel_volume_mm3() const {
  return std::abs(dot(axis_mm[0], cross(axis_mm[1], axis_mm[2])));
}

Vector3 Grid::position_mm(double i, double j, double k) const {
  Vector3 position = origin_mm;
  for (int d = 0; d < 3; ++d) position[d] += i * axis_mm[0][d] + j * axis_mm[1][d] + k * axis_mm[2][d];
  return position;
}

Vector3 Grid::index_of(const Vector3& position_mm) const {
  const Vector3 r = {position_mm[0] - origin_mm[0], position_mm[1] - origin_mm[1], position_mm[2] - origin_mm[2]};
  const double determinant = dot(axis_mm[0], cross(axis_mm[1], axis_mm[2]));
  return {dot(r, cross(axis_mm[1], axis_mm[2])) / determinant, dot(r, cross(axis_mm[2], axis_mm[0])) / determinant,
          dot(r, cross(axis_mm[0], axis_mm[1])) / determinant};
}

std::string describe(const Grid& grid) {
  char text[200];
  std::snprintf(text, sizeof text, "%dx%dx%d voxels of %.4gx%.4gx%.4g mm, first at (%.5g, %.5g, %.5g) mm", grid.size[0],
                grid.size[1], grid.size[2], length(grid.axis_mm[0]), length(grid.axis_mm[1]), length(grid.axis_mm[2]),
                grid.origin_mm[0], grid.origin_mm[1], grid.origin_mm[2]);
  return text;
}

bool same_grid(const Grid& a, const Grid& b, double tolerance) {
  if (a.size != b.size) return false;
  for (int corner = 0; corner < 8; ++corner) {
    const double i = (corner & 1) ? a.size[0] - 1 : 0;
    const double j = (corner & 2) ? a.size[1] - 1 : 0;
    const double k = (corner & 4) ? a.size[2] - 1 : 0;
    const Vector3 index = a.index_of(b.position_mm(i, j, k));
    // Written so that a NaN is a difference.
    if (!(std::abs(index[0] - i) <= tolerance && std::abs(index[1] - j) <= tolerance &&
          std::abs(index[2] - k) <= tolerance))
      return false;
  }
  return true;
}

}  // namespace pet
