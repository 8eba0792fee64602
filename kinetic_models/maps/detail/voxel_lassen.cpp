// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/voxel_lassen.h"

#include <algorithm>
#include <cmath>

namespace pet::detail {
namespace {

constexpr std::size_t least_voxels = 10;
constexpr double largest_error = 0.2;  // of an occupancy that a plot identifies, as for plots of regions

// Sums of squares about the means.
struct Moments {
  double count = 0.0;
  double mean_x = 0.0;
  double mean_y = 0.0;
  double xx = 0.0;
  double yy = 0.0;
  double xy = 0.0;
};

Moments moments_of(std::span<const VolumePair> pairs, std::span<const std::size_t> positions) {
  Moments m;
  for (const std::size_t p : positions) {
    m.mean_x += pairs[p].baseline;
    m.mean_y += pairs[p].drug;
  }
  m.count = static_cast<double>(positions.size());
  m.mean_x /= m.count;
  m.mean_y /= m.count;
  for (const std::size_t p : positions) {
    const double x = pairs[p].baseline - m.mean_x;
    const double y = pairs[p].drug - m.mean_y;
    m.xx += x * x;
    m.yy += y * y;
    m.xy += x * y;
  }
  return m;
}

LocalLassen plot_of(const Moments& m, double voxels_shared) {
  LocalLassen plot;
  const double slope = std::tan(0.5 * std::atan2(2.0 * m.xy, m.xx - m.yy));
  const double intercept = m.mean_y - slope * m.mean_x;
  plot.occupancy = 1.0 - slope;
  plot.status = FitStatus::unidentifiable;
  const double along = 1.0 + slope * slope;
  const double noise = std::max(m.yy - 2.0 * slope * m.xy + slope * slope * m.xx, 0.0) / ((m.count - 2.0) * along);
  const double spread = m.xx / (m.count - 1.0) - noise;  // variance of the true volumes at baseline
  const double independent = m.count / voxels_shared;
  if (!(spread > 0.0) || independent <= 2.0) return plot;
  const double variance = (spread * along * noise + noise * noise) / ((independent - 1.0) * spread * spread);
  plot.occupancy_se = std::sqrt(variance);
  if (plot.occupancy_se <= largest_error) plot.status = FitStatus::ok;
  if (std::abs(plot.occupancy) <= 2.0 * plot.occupancy_se) return plot;
  plot.VND = intercept / plot.occupancy;
  plot.VND_se =
      std::sqrt(along * noise / independent + std::pow(m.mean_x - plot.VND, 2) * variance) / std::abs(plot.occupancy);
  return plot;
}

}  // namespace

Neighbourhood::Neighbourhood(const Grid& grid, std::span<const std::uint32_t> voxels, double radius_mm)
    : grid_(grid), voxels_(voxels.begin(), voxels.end()), position_of_(grid.voxel_count(), -1) {
  for (std::size_t p = 0; p < voxels_.size(); ++p) position_of_[voxels_[p]] = static_cast<std::int32_t>(p);
  std::array<int, 3> reach{};
  for (std::size_t a = 0; a < 3; ++a) {
    const Vector3& axis = grid.axis_mm[a];
    reach[a] = static_cast<int>(radius_mm / std::hypot(axis[0], axis[1], axis[2]));
  }
  const Vector3 origin = grid.position_mm(0, 0, 0);
  for (int k = -reach[2]; k <= reach[2]; ++k)
    for (int j = -reach[1]; j <= reach[1]; ++j)
      for (int i = -reach[0]; i <= reach[0]; ++i) {
        const Vector3 at = grid.position_mm(i, j, k);
        if (std::hypot(at[0] - origin[0], at[1] - origin[1], at[2] - origin[2]) <= radius_mm)
          offsets_.push_back({i, j, k});
      }
}

std::vector<std::size_t> Neighbourhood::around(std::size_t position) const {
  const auto [columns, rows, slices] = grid_.size;
  const auto voxel = static_cast<int>(voxels_[position]);
  const std::array<int, 3> centre = {voxel % columns, voxel / columns % rows, voxel / columns / rows};
  std::vector<std::size_t> found;
  for (const std::array<int, 3>& offset : offsets_) {
    const int i = centre[0] + offset[0];
    const int j = centre[1] + offset[1];
    const int k = centre[2] + offset[2];
    if (i < 0 || j < 0 || k < 0 || i >= columns || j >= rows || k >= slices) continue;
    const std::size_t index =
        (static_cast<std::size_t>(k) * static_cast<std::size_t>(rows) + static_cast<std::size_t>(j)) *
            static_cast<std::size_t>(columns) +
        static_cast<std::size_t>(i);
    if (position_of_[index] >= 0) found.push_back(static_cast<std::size_t>(position_of_[index]));
  }
  return found;
}

double voxels_of_one_noise(const Grid& grid, double fwhm_mm) {
  // The integral of the autocorrelation of noise smoothed by a Gaussian of standard deviation s is (sqrt(4 pi) s)^3.
  const double width = std::sqrt(4.0 * M_PI) * fwhm_mm / std::sqrt(8.0 * std::log(2.0));
  return std::max(1.0, std::pow(width, 3) / grid.voxel_volume_mm3());
}

LocalLassen local_lassen(const Neighbourhood& neighbourhood,
                         std::span<const VolumePair> pairs,
                         std::size_t position,
                         double voxels_shared) {
  if (!std::isfinite(pairs[position].baseline) || !std::isfinite(pairs[position].drug)) return {};
  std::vector<std::size_t> positions = neighbourhood.around(position);
  std::erase_if(positions,
                [&](std::size_t p) { return !std::isfinite(pairs[p].baseline) || !std::isfinite(pairs[p].drug); });
  if (positions.size() < least_voxels) return {.status = FitStatus::unidentifiable};
  return plot_of(moments_of(pairs, positions), voxels_shared);
}

}  // namespace pet::detail
