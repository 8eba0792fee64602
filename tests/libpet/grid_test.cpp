// SPDX-License-Identifier: Apache-2.0
#include "libpet/grid.h"

#include <catch2/catch.hpp>

namespace {

// Turned by the angle of the 3-4-5 triangle around z, voxels of 2 x 2 x 5 mm.
pet::Grid oblique_grid() {
  return {{4, 3, 2}, {10.0, -20.0, 30.0}, {{{1.2, 1.6, 0.0}, {-1.6, 1.2, 0.0}, {0.0, 0.0, 5.0}}}};
}

pet::Grid moved(pet::Grid grid, double i) {
  grid.origin_mm = grid.position_mm(i, 0.0, 0.0);
  return grid;
}

}  // namespace

TEST_CASE("A voxel lies at the origin plus its steps along the axes", "[grid]") {
  const pet::Vector3 position = oblique_grid().position_mm(3.0, 1.0, 1.0);
  CHECK(position[0] == Approx(10.0 + 3.6 - 1.6));
  CHECK(position[1] == Approx(-20.0 + 4.8 + 1.2));
  CHECK(position[2] == Approx(35.0));
}

TEST_CASE("The index of a voxel's position is the voxel", "[grid]") {
  const pet::Grid grid = oblique_grid();
  const pet::Vector3 index = grid.index_of(grid.position_mm(2.25, -1.5, 0.75));
  CHECK(index[0] == Approx(2.25));
  CHECK(index[1] == Approx(-1.5));
  CHECK(index[2] == Approx(0.75));
}

TEST_CASE("Volume and number of voxels do not depend on how the grid is turned", "[grid]") {
  pet::Grid grid = oblique_grid();
  CHECK(grid.voxel_count() == 24);
  CHECK(grid.voxel_volume_mm3() == Approx(20.0));
  for (double& component : grid.axis_mm[2]) component = -component;
  CHECK(grid.voxel_volume_mm3() == Approx(20.0));
}

TEST_CASE("Grids are the same within a tenth of a voxel at every corner", "[grid]") {
  const pet::Grid grid = oblique_grid();
  CHECK(pet::same_grid(grid, moved(grid, 0.09)));
  CHECK_FALSE(pet::same_grid(grid, moved(grid, 0.11)));
  pet::Grid stretched = grid;
  stretched.axis_mm[0] = {1.2 * 1.05, 1.6 * 1.05, 0.0};  // 0.15 voxels off at the far corner
  CHECK_FALSE(pet::same_grid(grid, stretched));
  pet::Grid longer = grid;
  longer.size[2] = 3;
  CHECK_FALSE(pet::same_grid(grid, longer));
}

TEST_CASE("A grid describes itself by size, spacing and first voxel", "[grid]") {
  CHECK(pet::describe(oblique_grid()) == "4x3x2 voxels of 2x2x5 mm, first at (10, -20, 30) mm");
}
