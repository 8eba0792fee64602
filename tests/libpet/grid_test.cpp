// SPDX-License-Identifier: Apache-2.0
#include "libpet/grid.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace {

using pet::Grid;
using pet::Vector3;

// Turned by 30 degrees about z, with voxels of 2 x 3 x 4 mm and slices from the head down.
Grid oblique() {
  const double c = std::sqrt(3.0) / 2.0;
  return {{10, 12, 8}, {-20.0, 5.0, 100.0}, {Vector3{2.0 * c, 1.0, 0.0}, {-1.5, 3.0 * c, 0.0}, {0.0, 0.0, -4.0}}};
}

TEST_CASE("A grid knows its number of voxels and their volume", "[grid]") {
  CHECK(oblique().voxel_count() == 960);
  CHECK(oblique().voxel_volume_mm3() == Approx(24.0).epsilon(1e-14));
}

TEST_CASE("The first voxel is at the origin and the axes lead to its neighbours", "[grid]") {
  const Grid grid = oblique();
  CHECK(grid.position_mm(0, 0, 0) == grid.origin_mm);
  const Vector3 next = grid.position_mm(1, 0, 2);
  CHECK(next[0] == Approx(-20.0 + std::sqrt(3.0)).epsilon(1e-14));
  CHECK(next[1] == Approx(6.0).epsilon(1e-14));
  CHECK(next[2] == Approx(92.0).epsilon(1e-14));
}

TEST_CASE("The index of a position is the inverse of the position of an index", "[grid]") {
  const Grid grid = oblique();
  const Vector3 index = grid.index_of(grid.position_mm(3.25, -1.5, 7.0));
  CHECK(index[0] == Approx(3.25).epsilon(1e-12));
  CHECK(index[1] == Approx(-1.5).epsilon(1e-12));
  CHECK(index[2] == Approx(7.0).epsilon(1e-12));
}

TEST_CASE("A grid is the same within a tenth of a voxel at every corner", "[grid]") {
  const Grid grid = oblique();
  CHECK(pet::same_grid(grid, grid));
  Grid shifted = grid;
  shifted.origin_mm[2] += 0.3;  // of 4 mm
  CHECK(pet::same_grid(grid, shifted));
  shifted.origin_mm[2] += 0.2;
  CHECK_FALSE(pet::same_grid(grid, shifted));
  CHECK(pet::same_grid(grid, shifted, 0.2));
}

TEST_CASE("A small difference of the voxel size adds up at the far corner", "[grid]") {
  Grid other = oblique();
  for (double& step : other.axis_mm[0]) step *= 1.02;  // 0.18 voxels after nine steps
  CHECK_FALSE(pet::same_grid(oblique(), other));
}

TEST_CASE("Grids of other size, flipped axes or without a number are not the same", "[grid]") {
  Grid other = oblique();
  other.size[0] = 9;
  CHECK_FALSE(pet::same_grid(oblique(), other));
  other = oblique();
  other.axis_mm[2] = {0.0, 0.0, 4.0};
  CHECK_FALSE(pet::same_grid(oblique(), other));
  other = oblique();
  other.origin_mm[0] = std::numeric_limits<double>::quiet_NaN();
  CHECK_FALSE(pet::same_grid(oblique(), other));
  CHECK_FALSE(pet::same_grid(Grid{}, Grid{}));
}

TEST_CASE("A grid is described by size, voxels and first position", "[grid]") {
  Grid grid{{64, 64, 40}, {-126.0, -126.0, -61.0}, {Vector3{4.0, 0.0, 0.0}, {0.0, 4.0, 0.0}, {0.0, 0.0, 3.125}}};
  CHECK(pet::describe(grid) == "64x64x40 voxels of 4x4x3.125 mm, first at (-126, -126, -61) mm");
}

}  // namespace
