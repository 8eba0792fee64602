// SPDX-License-Identifier: Apache-2.0
#include "libpet/smoothing.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "libpet/error.h"

namespace {

pet::DynamicImage image_of(std::array<int, 3> size, const pet::Vector3& voxel_mm, std::size_t frames) {
  pet::DynamicImage image;
  image.grid.size = size;
  for (std::size_t a = 0; a < 3; ++a) image.grid.axis_mm[a][a] = voxel_mm[a];
  std::vector<pet::Frame> all;
  for (std::size_t f = 0; f < frames; ++f) all.push_back({static_cast<double>(f), static_cast<double>(f + 1)});
  image.frames = pet::Frames(all);
  image.voxels.assign(image.grid.voxel_count() * frames, 0.0F);
  return image;
}

}  // namespace

TEST_CASE("Smoothing a point makes a Gaussian of the width asked for, and keeps its sum", "[smoothing]") {
  pet::DynamicImage image = image_of({41, 31, 21}, {1.0, 1.5, 2.5}, 2);
  const std::size_t centre = (10 * 31 + 15) * 41 + 20;
  image.voxels[image.grid.voxel_count() + centre] = 1.0F;  // of the second frame
  constexpr double fwhm = 6.0;
  pet::smooth(image, fwhm);
  const float* second = image.voxels.data() + image.grid.voxel_count();
  CHECK(std::accumulate(second, second + image.grid.voxel_count(), 0.0) == Approx(1.0).epsilon(2e-3));
  CHECK(std::accumulate(image.voxels.begin(), image.voxels.begin() + 100, 0.0) == 0.0);
  // Half the maximum at half the width: 3 mm are 3 voxels along the first axis, 2 along the second.
  CHECK(second[centre + 3] == Approx(0.5 * second[centre]).epsilon(1e-3));
  CHECK(second[centre + 2 * 41] == Approx(0.5 * second[centre]).epsilon(1e-3));
  const double third = std::exp(-4.0 * std::log(2.0) * std::pow(2.5 / fwhm, 2));
  CHECK(second[centre + 31 * 41] == Approx(third * second[centre]).epsilon(1e-3));
}

TEST_CASE("Smoothing leaves a uniform image as it is, to its edges", "[smoothing]") {
  pet::DynamicImage image = image_of({7, 5, 3}, {2.0, 2.0, 4.0}, 1);
  image.voxels.assign(image.voxels.size(), 3.0F);
  pet::smooth(image, 8.0, 2);
  for (const float value : image.voxels) CHECK(value == Approx(3.0F).epsilon(1e-6));
  CHECK_THROWS_AS(pet::smooth(image, 0.0), pet::UsageError);
}
