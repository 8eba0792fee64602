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

/// The voxels of a mask around each of them.
class Neighbourhood {
 public:
  Neighbourhood(const Grid& grid, std::span<const std::uint32_t> voxels, double radius_mm);
  /// Positions in the mask of the voxels whose centres lie within the radius of voxel number `position`, itself among
  /// them.
  std::vector<std::size_t> around(std::size_t position) const;

 private:
  Grid grid_;
  std::vector<std::uint32_t> voxels_;
  std::vector<std::int32_t> position_of_;  ///< by voxel of the grid; -1 outside of the mask
  std::vector<std::array<int, 3>> offsets_;
};

/// How many voxels have one noise in common: (1.505 FWHM)^3 over the volume of a voxel, at least 1.
double voxels_of_one_noise(const Grid& grid, double fwhm_mm);

/// A Lassen plot of the voxels around one of them.
struct LocalLassen {
  double occupancy = not_available;
  double occupancy_se = not_available;
  double VND = not_available;
  double VND_se = not_available;
  FitStatus status = FitStatus::failed;
};

LocalLassen local_lassen(const Neighbourhood& neighbourhood,
                         std::span<const VolumePair> pairs,
                         std::size_t position,
                         double voxels_shared);

}  // namespace pet::detail
