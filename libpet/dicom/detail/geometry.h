// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "libpet/dicom/detail/series.h"
#include "libpet/grid.h"

namespace pet::detail {

/// Unit vector along which slices are stacked: row direction x column direction. Throws InputError unless the two are
/// orthonormal within 1e-3.
Vector3 slice_normal(const Instance& instance);

/// Distance of the first voxel of a slice along the normal, in mm.
double slice_position_mm(const Instance& instance, const Vector3& normal);

/// Throws InputError that names the first file whose matrix, spacing, orientation or frame of reference differs.
void require_one_geometry(const Series& series);

/// The grid of slices in ascending order of position. Throws InputError if their spacing varies by more than 1 % or
/// their first voxels do not lie on a line along the normal.
Grid grid_of(const std::vector<const Instance*>& slices);

}  // namespace pet::detail
