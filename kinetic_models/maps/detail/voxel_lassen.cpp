// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/voxel_lassen.h"

#include <algorithm>
#include <cmath>

namespace pet::detail {
namespace {

constexpr std::size_t least_voxels = 10;
constexpr double least_freedom = 2.0;
constexpr double largest_error = 0.2;  // of an occupancy that a plot identifies, as for plots of regions

// Sums over the voxels about the means of both volumes, and over their pairs with the correlation of their noise.
struct Moments {
  double count = 0.0;
  double mean_x = 0.0;
  double mean_y = 0.0;
  double xx = 0.0;
  double yy = 0.0;
  double xy = 0.0;
  double correlations = 0.0;   // sum r_ij
  double squares = 0.0;        // sum r_ij^2
  double correlated_xx = 0.0;  // sum r_ij x_i x_j
};

void add_pairs(const std::vector<Neighbour>& voxels,
               const NoiseCorrelation& correlation,
               const std::vector<double>& x,
               Moments& m) {
  m.correlations = m.squares = m.count;
  m.correlated_xx = m.xx;
  if (correlation.is_none()) return;
  for (std::size_t i = 0; i < voxels.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) {
      const double r = correlation.between(voxels[i].at, voxels[j].at);
      m.correlations += 2.0 * r;
      m.squares += 2.0 * r * r;
      m.correlated_xx += 2.0 * r * x[i] * x[j];
    }
}

Moments moments_of(std::span<const VolumePair> pairs,
                   const std::vector<Neighbour>& voxels,
                   const NoiseCorrelation& correlation) {
  Moments m;
  m.count = static_cast<double>(voxels.size());
  for (const Neighbour& voxel : voxels) {
    m.mean_x += pairs[voxel.position].baseline / m.count;
    m.mean_y += pairs[voxel.position].drug / m.count;
  }
  std::vector<double> from_mean;
  for (const Neighbour& voxel : voxels) {
    const double x = from_mean.emplace_back(pairs[voxel.position].baseline - m.mean_x);
    const double y = pairs[voxel.position].drug - m.mean_y;
    m.xx += x * x;
    m.yy += y * y;
    m.xy += x * y;
  }
  add_pairs(voxels, correlation, from_mean, m);
  return m;
}

// The variance of the slope is that of sum x_i v_i / sum x_i^2 over the true x and the noise v about the line. With
// measured x in place of true ones the first sum holds noise of its own, which the second term takes off.
LocalLassen plot_of(const Moments& m) {
  LocalLassen plot;
  plot.status = FitStatus::unidentifiable;
  const double slope = std::tan(0.5 * std::atan2(2.0 * m.xy, m.xx - m.yy));
  const double along = 1.0 + slope * slope;
  plot.occupancy = 1.0 - slope;
  const double freedom = m.count - m.correlations / m.count - m.correlated_xx / m.xx;
  if (freedom < least_freedom) return plot;
  const double rss = std::max(m.yy - 2.0 * slope * m.xy + slope * slope * m.xx, 0.0);
  const double noise = rss / (along * freedom);
  const double spread = m.xx - noise * (m.count - m.correlations / m.count);  // sum of squares of the true volumes
  if (!(spread > 0.0)) return plot;
  const double variance =
      noise * std::max(along * m.correlated_xx - slope * slope * noise * m.squares, 0.0) / (spread * spread);
  plot.occupancy_se = std::sqrt(variance);
  if (plot.occupancy_se <= largest_error) plot.status = FitStatus::ok;
  if (std::abs(plot.occupancy) <= 2.0 * plot.occupancy_se) return plot;
  plot.VND = (m.mean_y - slope * m.mean_x) / plot.occupancy;
  const double of_mean = along * noise * m.correlations / (m.count * m.count);
  plot.VND_se = std::sqrt(of_mean + std::pow(m.mean_x - plot.VND, 2) * variance) / std::abs(plot.occupancy);
  return plot;
}

bool is_finite(const VolumePair& pair) {
  return std::isfinite(pair.baseline) && std::isfinite(pair.drug);
}

double length(const Vector3& v) {
  return std::hypot(v[0], v[1], v[2]);
}

double distance_mm(const Grid& grid, const std::array<int, 3>& offset) {
  const Vector3 origin = grid.position_mm(0, 0, 0);
  const Vector3 at = grid.position_mm(offset[0], offset[1], offset[2]);
  return length({at[0] - origin[0], at[1] - origin[1], at[2] - origin[2]});
}

}  // namespace

Neighbourhood::Neighbourhood(const Grid& grid, std::span<const std::uint32_t> voxels, double radius_mm)
    : size_(grid.size), voxels_(voxels.begin(), voxels.end()), position_of_(grid.voxel_count(), -1) {
  for (std::size_t p = 0; p < voxels_.size(); ++p) position_of_[voxels_[p]] = static_cast<std::int32_t>(p);
  for (std::size_t a = 0; a < 3; ++a)
    reach_[a] = std::min(static_cast<int>(radius_mm / length(grid.axis_mm[a])), grid.size[a]);
  for (int k = -reach_[2]; k <= reach_[2]; ++k)
    for (int j = -reach_[1]; j <= reach_[1]; ++j)
      for (int i = -reach_[0]; i <= reach_[0]; ++i)
        if (distance_mm(grid, {i, j, k}) <= radius_mm) offsets_.push_back({i, j, k});
}

std::vector<Neighbour> Neighbourhood::around(std::size_t position) const {
  const auto [columns, rows, slices] = size_;
  const auto voxel = static_cast<int>(voxels_[position]);
  const std::array<int, 3> centre = {voxel % columns, voxel / columns % rows, voxel / columns / rows};
  std::vector<Neighbour> found;
  for (const std::array<int, 3>& offset : offsets_) {
    const std::array<int, 3> at = {centre[0] + offset[0], centre[1] + offset[1], centre[2] + offset[2]};
    if (at[0] < 0 || at[1] < 0 || at[2] < 0 || at[0] >= columns || at[1] >= rows || at[2] >= slices) continue;
    const auto index = static_cast<std::size_t>((at[2] * rows + at[1]) * columns + at[0]);
    if (position_of_[index] >= 0) found.push_back({static_cast<std::size_t>(position_of_[index]), at});
  }
  return found;
}

NoiseCorrelation::NoiseCorrelation(const Grid& grid, const Neighbourhood& neighbourhood, double fwhm_mm)
    : is_none_(fwhm_mm == 0.0) {
  for (std::size_t a = 0; a < 3; ++a) reach_[a] = 2 * neighbourhood.reach()[a];
  const double sd_mm = fwhm_mm / std::sqrt(8.0 * std::log(2.0));
  for (int k = -reach_[2]; k <= reach_[2]; ++k)
    for (int j = -reach_[1]; j <= reach_[1]; ++j)
      for (int i = -reach_[0]; i <= reach_[0]; ++i) {
        const double h = distance_mm(grid, {i, j, k});
        by_offset_.push_back(h == 0.0 ? 1.0 : sd_mm > 0.0 ? std::exp(-h * h / (4.0 * sd_mm * sd_mm)) : 0.0);
      }
}

double NoiseCorrelation::between(const std::array<int, 3>& a, const std::array<int, 3>& b) const {
  const int i = a[0] - b[0] + reach_[0];
  const int j = a[1] - b[1] + reach_[1];
  const int k = a[2] - b[2] + reach_[2];
  return by_offset_[static_cast<std::size_t>((k * (2 * reach_[1] + 1) + j) * (2 * reach_[0] + 1) + i)];
}

LocalLassen local_lassen(const Neighbourhood& neighbourhood,
                         const NoiseCorrelation& correlation,
                         std::span<const VolumePair> pairs,
                         std::size_t position) {
  if (!is_finite(pairs[position])) return {};
  std::vector<Neighbour> voxels = neighbourhood.around(position);
  std::erase_if(voxels, [&](const Neighbour& voxel) { return !is_finite(pairs[voxel.position]); });
  if (voxels.size() < least_voxels) return {.status = FitStatus::unidentifiable};
  return plot_of(moments_of(pairs, voxels, correlation));
}

}  // namespace pet::detail
