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

}  // namespace

void smooth(DynamicImage& image, double fwhm_mm, unsigned threads) {
  if (!(fwhm_mm > 0.0)) throw UsageError("the width of a smoothing kernel must be above 0 mm");
  const double sigma_mm = fwhm_mm / (2.0 * std::sqrt(2.0 * std::numbers::ln2));
  const std::size_t count = image.grid.voxel_count();
  std::array<std::vector<float>, 3> kernels;
  for (std::size_t a = 0; a < 3; ++a) {
    const Vector3& step = image.grid.axis_mm[a];
    kernels[a] = kernel_of(sigma_mm / std::hypot(step[0], step[1], step[2]));
  }
  parallel_for(image.frames.size(), threads, [&](std::size_t frame) {
    float* values = image.voxels.data() + frame * count;
    std::vector<float> other(count);
    smooth_along(axis_of(image.grid, 0), kernels[0], values, other.data());
    smooth_along(axis_of(image.grid, 1), kernels[1], other.data(), values);
    smooth_along(axis_of(image.grid, 2), kernels[2], values, other.data());
    std::copy(other.begin(), other.end(), values);
  });
}

}  // namespace pet
