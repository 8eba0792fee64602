// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "libpet/image.h"
#include "libpet/large_pages.h"
#include "libpet/weights.h"

// Images of noisy curves for tests of the voxelwise fits.
namespace noisy {

inline constexpr double half_life_min = 20.364;  // carbon-11

/// An image of one row of voxels, `repeats` for each curve in turn. The noise is normal with the variance
/// level^2 x mean activity x C exp(lambda t) / (dt in min): that of counts, of curves corrected for decay.
inline pet::DynamicImage image(const std::vector<pet::TimeActivityCurve>& curves,
                               std::size_t repeats,
                               double level,
                               std::uint64_t seed = 1) {
  pet::DynamicImage image;
  image.frames = curves.front().frames;
  const std::size_t voxels = curves.size() * repeats;
  image.grid.size = {static_cast<int>(voxels), 1, 1};
  image.unit = pet::ActivityUnit::kBq_per_mL;
  image.tracer.half_life_min = half_life_min;
  pet::reserve_in_large_pages(image.voxels, image.frames.size() * voxels);  // as the readers of images do
  image.voxels.resize(image.frames.size() * voxels);
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  for (std::size_t v = 0; v < voxels; ++v) {
    const std::vector<double>& exact = curves[v / repeats].activity;
    double mean = 0.0;
    for (const double activity : exact) mean += activity / static_cast<double>(exact.size());
    for (std::size_t f = 0; f < exact.size(); ++f) {
      const pet::Frame& frame = image.frames[f];
      const double grown = std::exp(std::log(2.0) / half_life_min * frame.mid_min());
      const double sd = level * std::sqrt(mean * std::max(exact[f], 0.0) * grown / frame.duration_min());
      image.voxels[f * voxels + v] = static_cast<float>(exact[f] + sd * normal(generator));
    }
  }
  return image;
}

inline std::vector<std::uint32_t> all_voxels(const pet::DynamicImage& image) {
  std::vector<std::uint32_t> voxels(image.grid.voxel_count());
  for (std::size_t v = 0; v < voxels.size(); ++v) voxels[v] = static_cast<std::uint32_t>(v);
  return voxels;
}

/// The curve of one voxel, as the regional fits take it.
inline pet::TimeActivityCurve curve(const pet::DynamicImage& image, std::size_t voxel) {
  pet::TimeActivityCurve tac{image.frames, {}};
  for (std::size_t f = 0; f < image.frames.size(); ++f)
    tac.activity.push_back(static_cast<double>(image.frame(f)[voxel]));
  return tac;
}

}  // namespace noisy
