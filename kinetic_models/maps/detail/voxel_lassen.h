// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kinetic_models/fit.h"
#include "libpet/grid.h"

namespace pet::detail {

/// The volumes of distribution of a voxel in both scans, mL/cm3.
struct VolumePair {
  double baseline = not_available;
  double drug = not_available;
};

/// A voxel of a neighbourhood: its position in the mask and its place in the grid.
struct Neighbour {
  std::size_t position = 0;
  std::array<int, 3> at{};
};

/// The voxels of a mask around each of them.
class Neighbourhood {
 public:
  Neighbourhood(const Grid& grid, std::span<const std::uint32_t> voxels, double radius_mm);
  /// The voxels whose centres lie within the radius of voxel number `position`, itself among them.
  std::vector<Neighbour> around(std::size_t position) const;
  /// How far apart two of them can be, in voxels of each axis.
  const std::array<int, 3>& reach() const { return reach_; }

 private:
  std::array<int, 3> size_;
  std::array<int, 3> reach_{};
  std::vector<std::uint32_t> voxels_;
  std::vector<std::int32_t> position_of_;  ///< by voxel of the grid; -1 outside of the mask
  std::vector<std::array<int, 3>> offsets_;
};

/// The correlation of the noise of two voxels of a neighbourhood: that of white noise smoothed by a Gaussian,
/// exp(-h^2 / (4 s^2)) at a distance h, s = FWHM / sqrt(8 ln 2). FWHM 0: of different voxels 0.
class NoiseCorrelation {
 public:
  NoiseCorrelation(const Grid& grid, const Neighbourhood& neighbourhood, double fwhm_mm);
  double between(const std::array<int, 3>& a, const std::array<int, 3>& b) const;
  bool is_none() const { return is_none_; }  ///< FWHM 0

 private:
  std::array<int, 3> reach_;
  std::vector<double> by_offset_;
  bool is_none_;
};

/// A Lassen plot of the voxels around one of them.
struct LocalLassen {
  double occupancy = not_available;
  double occupancy_se = not_available;
  double VND = not_available;
  double VND_se = not_available;
  FitStatus status = FitStatus::failed;
};

LocalLassen local_lassen(const Neighbourhood& neighbourhood,
                         const NoiseCorrelation& correlation,
                         std::span<const VolumePair> pairs,
                         std::size_t position);

}  // namespace pet::detail
