// SPDX-License-Identifier: Apache-2.0
#include "libpet/map_overview.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>
#include <set>

using namespace pet;

namespace {

Slice slice(int width, int height, double width_mm, double height_mm, std::vector<float> values) {
  return {width, height, width_mm, height_mm, 0.0, std::move(values)};
}

Grid cube(int size) {
  Grid grid;
  grid.size = {size, size, size};
  grid.axis_mm = {{{2.0, 0.0, 0.0}, {0.0, 2.0, 0.0}, {0.0, 0.0, 2.0}}};
  return grid;
}

}  // namespace

TEST_CASE("Values have the colour of their share of the scale") {
  const ColourScale scale{-1.0, 3.0};
  CHECK(scale.place_of(-1.0F) == first_colour);
  CHECK(scale.place_of(3.0F) == last_colour);
  CHECK(scale.place_of(-7.0F) == first_colour);
  CHECK(scale.place_of(7.0F) == last_colour);
  // A quarter of the way: 1 + 253 / 4 = 64.25.
  CHECK(scale.place_of(1e-30F) == 64);
  CHECK(scale.place_of(0.0F) == paper);
  CHECK(scale.place_of(std::numeric_limits<float>::quiet_NaN()) == paper);
}

TEST_CASE("A scale begins at 0 unless a twentieth of the voxels lies below") {
  std::vector<float> voxels;
  for (int i = 1; i <= 101; ++i) voxels.push_back(static_cast<float>(i));
  CHECK(colour_scale_of(voxels).least == 0.0);
  CHECK(colour_scale_of(voxels).largest == 100.0);
  voxels[0] = -5.0F;
  CHECK(colour_scale_of(voxels).least == 0.0);
  for (float& value : voxels) value = -value;
  const ColourScale below = colour_scale_of(voxels);
  CHECK(below.least == -100.0);
  CHECK(below.largest < 0.0);
  CHECK(colour_scale_of({}).largest == 1.0);
  CHECK(colour_scale_of(std::vector<float>(20, -2.0F)).largest > colour_scale_of(std::vector<float>(20, -2.0F)).least);
}

TEST_CASE("Slices are drawn with square pixels, side by side") {
  // Voxels of 2 x 4 mm: at a pixel a millimetre two pixels wide and four high.
  const std::vector<Slice> slices = {slice(2, 1, 2.0, 4.0, {1.0F, 2.0F}), slice(2, 1, 2.0, 4.0, {2.0F, 1.0F})};
  const Picture picture = mosaic_of(slices, {1.0, 2.0}, 1.0);
  CHECK(picture.width == 10);
  CHECK(picture.height == 4);
  const std::vector<unsigned char> row = {1, 1, 254, 254, 0, 0, 254, 254, 1, 1};
  for (std::ptrdiff_t y = 0; y < 4; ++y) CHECK(std::equal(row.begin(), row.end(), picture.pixels.begin() + 10 * y));
}

TEST_CASE("Slices are as large as the widest of them allows") {
  const std::vector<Slice> slices = {slice(10, 1, 2.0, 2.0, {}), slice(30, 1, 2.0, 2.0, {})};
  CHECK(pixels_per_mm(slices, 100, 8) == 1.5);  // three pixels a voxel
  CHECK(pixels_per_mm(slices, 100, 2) == 1.0);  // two
  CHECK(pixels_per_mm(slices, 15, 8) == 0.25);  // half a pixel
}

TEST_CASE("The colour bar goes over all colours") {
  const Picture bar = colour_bar(3);
  CHECK(bar.width == 254);
  CHECK(bar.height == 3);
  CHECK(bar.pixels[0] == first_colour);
  CHECK(bar.pixels[253] == last_colour);
  CHECK(std::set<unsigned char>(bar.pixels.begin(), bar.pixels.end()).size() == 254);
}

TEST_CASE("An overview shows what the map holds, its colours and its text") {
  const Grid grid = cube(8);
  std::vector<float> voxels(512, 0.0F);
  for (std::size_t i = 0; i < 512; ++i) voxels[i] = 0.1F + static_cast<float>(i % 7);
  const Picture picture = map_overview(grid, voxels, {"BPND, SRTM", "1"});
  REQUIRE(picture.pixels.size() == static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height));
  // Six slices of 8 voxels at 8 pixels a voxel, two between, ten around.
  CHECK(picture.width == 6 * 64 + 5 * 2 + 2 * 10);
  // A voxel of the first axial slice, upper left: its colour fills its 8 x 8 pixels.
  const ColourScale scale = colour_scale_of(voxels);
  const auto at = [&](int x, int y) { return picture.pixels[static_cast<std::size_t>(y * picture.width + x)]; };
  const int top = 10 + 16 + 12 + 8 + 4;  // margin, title, space, name of the plane, space
  const auto voxel = [&](int i, int j, int k) {
    return scale.place_of(voxels[static_cast<std::size_t>(i + 8 * j + 64 * k)]);
  };
  CHECK(at(10, top) == voxel(0, 0, 1));
  CHECK(at(17, top + 7) == voxel(0, 0, 1));
  CHECK(at(18, top) == voxel(1, 0, 1));
  CHECK(at(10, top + 8) == voxel(0, 1, 1));
  CHECK(std::count(picture.pixels.begin(), picture.pixels.end(), ink) > 500);

  const Picture status = map_overview(grid, voxels, {"status", "", {{1, "ok"}, {5, "failed"}}});
  CHECK(std::count(status.pixels.begin(), status.pixels.end(), last_colour) > 14 * 14 - 1);
  const Picture empty = map_overview(grid, std::vector<float>(512, 0.0F), {"BPND", "1"});
  CHECK(empty.height < 60);
  CHECK(std::count(empty.pixels.begin(), empty.pixels.end(), ink) > 100);
}
