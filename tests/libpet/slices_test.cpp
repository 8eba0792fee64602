// SPDX-License-Identifier: Apache-2.0
#include "libpet/slices.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace pet;

namespace {

// A grid along the patient's axes, voxels of 2 x 3 x 4 mm.
Grid upright(int x, int y, int z) {
  Grid grid;
  grid.size = {x, y, z};
  grid.origin_mm = {10.0, 20.0, 30.0};
  grid.axis_mm = {{{2.0, 0.0, 0.0}, {0.0, 3.0, 0.0}, {0.0, 0.0, 4.0}}};
  return grid;
}

// 1 + 100 i + 10 j + k at voxel (i, j, k).
std::vector<float> numbered(const Grid& grid) {
  std::vector<float> voxels;
  for (int k = 0; k < grid.size[2]; ++k)
    for (int j = 0; j < grid.size[1]; ++j)
      for (int i = 0; i < grid.size[0]; ++i) voxels.push_back(static_cast<float>(1 + 100 * i + 10 * j + k));
  return voxels;
}

}  // namespace

TEST_CASE("An axial slice has the patient's right on the left and the front on top") {
  const Grid grid = upright(3, 2, 1);
  const auto slices = slices_of(grid, numbered(grid), Plane::axial, 1);
  REQUIRE(slices.size() == 1);
  CHECK(slices[0].width == 3);
  CHECK(slices[0].height == 2);
  CHECK(slices[0].pixel_width_mm == 2.0);
  CHECK(slices[0].pixel_height_mm == 3.0);
  CHECK(slices[0].position_mm == 30.0);
  // x runs to the patient's left, which is the right of the picture; y runs to the back, which is below.
  CHECK(slices[0].values == std::vector<float>{1, 101, 201, 11, 111, 211});
}

TEST_CASE("Coronal and sagittal slices have the head on top") {
  const Grid grid = upright(2, 2, 2);
  const auto coronal = slices_of(grid, numbered(grid), Plane::coronal, 2);
  REQUIRE(coronal.size() == 2);
  CHECK(coronal[0].values == std::vector<float>{2, 102, 1, 101});
  CHECK(coronal[1].position_mm == 23.0);
  const auto sagittal = slices_of(grid, numbered(grid), Plane::sagittal, 2);
  CHECK(sagittal[0].values == std::vector<float>{2, 12, 1, 11});
  CHECK(sagittal[0].pixel_width_mm == 3.0);
  CHECK(sagittal[0].pixel_height_mm == 4.0);
}

TEST_CASE("A grid whose axes are turned and reversed gives the same picture") {
  const Grid grid = upright(3, 2, 1);
  // The same voxels, stored with y fastest and x from left to right.
  Grid turned;
  turned.size = {2, 3, 1};
  turned.axis_mm = {{{0.0, 3.0, 0.0}, {-2.0, 0.0, 0.0}, {0.0, 0.0, 4.0}}};
  turned.origin_mm = {14.0, 20.0, 30.0};
  const std::vector<float> voxels = {201, 211, 101, 111, 1, 11};
  const auto expected = slices_of(grid, numbered(grid), Plane::axial, 1);
  const auto slices = slices_of(turned, voxels, Plane::axial, 1);
  REQUIRE(slices.size() == 1);
  CHECK(slices[0].values == expected[0].values);
  CHECK(slices[0].pixel_width_mm == expected[0].pixel_width_mm);
}

TEST_CASE("Slices are cropped to what is not zero, with two voxels around") {
  const Grid grid = upright(20, 20, 1);
  std::vector<float> voxels(400, 0.0F);
  voxels[10 * 20 + 8] = 5.0F;
  voxels[10 * 20 + 9] = std::numeric_limits<float>::quiet_NaN();
  const auto slices = slices_of(grid, voxels, Plane::axial, 1);
  REQUIRE(slices.size() == 1);
  CHECK(slices[0].width == 5);
  CHECK(slices[0].height == 5);
  CHECK(slices[0].values[2 * 5 + 2] == 5.0F);
  CHECK(std::isnan(slices[0].values[2 * 5 + 3]));
  CHECK(slices_of(grid, std::vector<float>(400, 0.0F), Plane::axial, 1).empty());
}

TEST_CASE("A cropped volume holds what is not zero, where it was in space") {
  Grid grid = upright(4, 3, 2);
  std::vector<float> voxels(24, 0.0F);
  voxels[1 + 4 * 1] = 5.0F;           // (1, 1, 0)
  voxels[2 + 4 * 2 + 12 * 1] = 7.0F;  // (2, 2, 1)
  voxels[3] = std::numeric_limits<float>::quiet_NaN();
  const VolumeMap part = cropped(grid, voxels);
  CHECK(part.grid.size == std::array<int, 3>{2, 2, 2});
  CHECK(part.grid.origin_mm == Vector3{12.0, 23.0, 30.0});
  CHECK(part.voxels == std::vector<float>{5, 0, 0, 0, 0, 0, 0, 7});
  const VolumeMap nothing = cropped(grid, std::vector<float>(24, 0.0F));
  CHECK(nothing.grid.size == std::array<int, 3>{1, 1, 1});
  CHECK(nothing.voxels == std::vector<float>{0});
}

TEST_CASE("Quantiles and the end of the colours leave out zeros and what is no number") {
  std::vector<float> voxels(50, 0.0F);
  for (int i = 1; i <= 101; ++i) voxels.push_back(static_cast<float>(i));
  voxels.push_back(std::numeric_limits<float>::quiet_NaN());
  CHECK(quantile_of_voxels(voxels, 0.5) == 51.0);
  CHECK(quantile_of_voxels(voxels, 0.99) == 100.0);
  CHECK(display_limit(voxels) == 100.0);  // the fence, 91 + 1.5 x 40 = 151, lies beyond
  voxels.assign(100, 1.0F);
  voxels.resize(110, 20.0F);  // a tenth at a bound
  CHECK(display_limit(voxels) == 1.0);
  voxels.assign(80, 0.01F);  // a brain that mostly does not bind
  voxels.resize(100, 1.5F);
  CHECK(display_limit(voxels) == 1.5);
  CHECK(quantile_of_voxels({}, 0.5) == 0.0);
}
