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

TEST_CASE("HYPR-LR keeps an image whose voxels have one time course, edges and all", "[smoothing]") {
  pet::DynamicImage image = image_of({9, 8, 7}, {2.0, 2.0, 3.0}, 3);
  const std::size_t count = image.grid.voxel_count();
  const std::array<float, 3> course = {1.0F, 5.0F, 2.0F};
  for (std::size_t f = 0; f < 3; ++f)
    for (std::size_t v = 0; v < count; ++v)
      image.voxels[f * count + v] = course[f] * (v % 9 < 4 ? 1.0F : 3.0F + 0.1F * static_cast<float>(v % 5));
  const std::vector<float> before = image.voxels;
  pet::reduce_noise_by_composite(image, 6.0, 2);
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(image.voxels[i] == Approx(before[i]).epsilon(1e-5));
  CHECK_THROWS_AS(pet::reduce_noise_by_composite(image, -1.0), pet::UsageError);
}

TEST_CASE("HYPR-LR is composite x smoothed frame / smoothed composite, and smooths alone where there is nothing",
          "[smoothing]") {
  // A point in the first frame only, of an otherwise uniform second frame twice as long.
  pet::DynamicImage image = image_of({15, 15, 15}, {2.0, 2.0, 2.0}, 2);
  image.frames = pet::Frames({{0.0, 1.0}, {1.0, 3.0}});
  const std::size_t count = image.grid.voxel_count();
  const std::size_t centre = (7 * 15 + 7) * 15 + 7;
  for (std::size_t v = 0; v < count; ++v) image.voxels[count + v] = 1.0F;
  image.voxels[centre] = 4.0F;
  pet::DynamicImage smoothed = image;
  pet::smooth(smoothed, 5.0);
  pet::reduce_noise_by_composite(image, 5.0);
  const double peak = static_cast<double>(smoothed.voxels[centre]);  // that of 4 x the kernel
  const double composite = (4.0 + 2.0) / 3.0;
  CHECK(image.voxels[centre] == Approx(composite * peak / ((peak + 2.0) / 3.0)).epsilon(1e-5));
  CHECK(image.voxels[count + centre] == Approx(composite / ((peak + 2.0) / 3.0)).epsilon(1e-5));

  pet::DynamicImage empty = image_of({5, 5, 5}, {2.0, 2.0, 2.0}, 2);
  empty.voxels[0] = 1.0F;  // the other frame takes it off again: the composite is 0
  empty.voxels[125] = -1.0F;
  pet::DynamicImage only_smoothed = empty;
  pet::smooth(only_smoothed, 4.0);
  pet::reduce_noise_by_composite(empty, 4.0);
  CHECK(empty.voxels == only_smoothed.voxels);
}
