// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "kinetic_models/occupancy/from_binding.h"

namespace pet::detail {

/// The Emax curve of the binding of one voxel.
struct VoxelEmax {
  double EC50 = not_available;
  double EC50_se = not_available;
  double Omax = not_available;
  double Omax_se = not_available;
  double BP0 = not_available;
  double BP0_se = not_available;
  FitStatus status = FitStatus::failed;
};

/// See emax_maps. `bindings` are one a concentration, with standard errors.
VoxelEmax voxel_emax(std::span<const double> concentrations, std::span<const Binding> bindings);

}  // namespace pet::detail
