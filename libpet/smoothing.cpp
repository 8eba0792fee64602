// SPDX-License-Identifier: Apache-2.0
#include "libpet/smoothing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

// Values at 0, 1, ... voxels from the middle, up to a common factor.
std::vector<float> kernel_of(double sigma_voxels) {
  constexpr double reach = 4.0;
  std::vector<float> kernel;
  for (int d = 0; d == 0 || d <= reach * sigma_voxels; ++d)
    kernel.push_back(static_cast<float>(std::exp(-0.5 * std::pow(d / sigma_voxels, 2))));
  return kernel;
}

// One axis of a volume as [outer][length][inner]: rows of `inner` neighbouring values are added up.
struct Axis {
  std::size_t outer;
  std::size_t length;
  std::size_t inner;
};

Axis axis_of(const Grid& grid, std::size_t which) {
  Axis axis{1, static_cast<std::size_t>(grid.size[which]), 1};
  for (std::size_t a = 0; a < 3; ++a) {
    if (a < which) axis.inner *= static_cast<std::size_t>(grid.size[a]);
    if (a > which) axis.outer *= static_cast<std::size_t>(grid.size[a]);
  }
  return axis;
}

void smooth_along(const Axis& axis, const std::vector<float>& kernel, const float* from, float* to) {
  for (std::size_t o = 0; o < axis.outer; ++o)
    for (std::size_t p = 0; p < axis.length; ++p) {
      float* row = to + (o * axis.length + p) * axis.inner;
      std::fill(row, row + axis.inner, 0.0F);
      const std::size_t first = p + 1 > kernel.size() ? p + 1 - kernel.size() : 0;
      const std::size_t end = std::min(axis.length, p + kernel.size());
      float sum = 0.0F;
      for (std::size_t q = first; q < end; ++q) sum += kernel[q > p ? q - p : p - q];
      for (std::size_t q = first; q < end; ++q) {
        const float weight = kernel[q > p ? q - p : p - q] / sum;
        const float* other = from + (o * axis.length + q) * axis.inner;
        for (std::size_t i = 0; i < axis.inner; ++i) row[i] += weight * other[i];
      }
    }
}

// The kernels of the three axes.
class Smoother {
 public:
  Smoother(const Grid& grid, double fwhm_mm) : grid_(grid) {
    if (!(fwhm_mm > 0.0)) throw UsageError("the width of a smoothing kernel must be above 0 mm");
    const double sigma_mm = fwhm_mm / (2.0 * std::sqrt(2.0 * std::numbers::ln2));
    for (std::size_t a = 0; a < 3; ++a) {
      const Vector3& step = grid.axis_mm[a];
      kernels_[a] = kernel_of(sigma_mm / std::hypot(step[0], step[1], step[2]));
    }
  }

  // Of one volume; `other` is as large and is overwritten.
  void smooth(float* values, std::vector<float>& other) const {
    smooth_along(axis_of(grid_, 0), kernels_[0], values, other.data());
    smooth_along(axis_of(grid_, 1), kernels_[1], other.data(), values);
    smooth_along(axis_of(grid_, 2), kernels_[2], values, other.data());
    std::copy(other.begin(), other.end(), values);
  }

 private:
  const Grid& grid_;
  std::array<std::vector<float>, 3> kernels_;
};

std::vector<float> composite_of(const DynamicImage& image) {
  const std::size_t count = image.grid.voxel_count();
  std::vector<double> sum(count, 0.0);
  double duration = 0.0;
  for (std::size_t f = 0; f < image.frames.size(); ++f) {
    const double length = image.frames[f].duration_min();
    duration += length;
    for (std::size_t v = 0; v < count; ++v) sum[v] += length * static_cast<double>(image.voxels[f * count + v]);
  }
  std::vector<float> composite(count);
  for (std::size_t v = 0; v < count; ++v) composite[v] = static_cast<float>(sum[v] / duration);
  return composite;
}

}  // namespace

void smooth(DynamicImage& image, double fwhm_mm, unsigned threads) {
  const Smoother smoother(image.grid, fwhm_mm);
  const std::size_t count = image.grid.voxel_count();
  parallel_for(image.frames.size(), threads, [&](std::size_t frame) {
    std::vector<float> other(count);
    smoother.smooth(image.voxels.data() + frame * count, other);
  });
}

void reduce_noise_by_composite(DynamicImage& image, double fwhm_mm, unsigned threads) {
  constexpr float nearly_zero = 1e-3F;  // of the largest value of the composite
  const Smoother smoother(image.grid, fwhm_mm);
  const std::vector<float> composite = composite_of(image);
  std::vector<float> smoothed = composite;
  std::vector<float> scratch(composite.size());
  smoother.smooth(smoothed.data(), scratch);
  float largest = 0.0F;
  for (const float value : smoothed) largest = std::isfinite(value) ? std::max(largest, value) : largest;
  const float least = nearly_zero * largest;
  const std::size_t count = composite.size();
  parallel_for(image.frames.size(), threads, [&](std::size_t frame) {
    std::vector<float> other(count);
    float* values = image.voxels.data() + frame * count;
    smoother.smooth(values, other);
    for (std::size_t v = 0; v < count; ++v)
      if (smoothed[v] > least) values[v] *= composite[v] / smoothed[v];
  });
}

}  // namespace pet
