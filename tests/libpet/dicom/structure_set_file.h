// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "libpet/grid.h"

namespace pet::test {

using Points = std::vector<Vector3>;  ///< voxel indices

struct Roi {
  std::string name;
  std::vector<Points> contours;
  std::string type = "CLOSED_PLANAR";
};

/// 12 x 10 x 5 voxels of 2 x 3 x 4 mm, turned about the z axis and away from the origin.
Grid turned_grid();

Points rectangle(double i0, double i1, double j0, double j1, double k);

/// Writes an RT Structure Set of these regions, in the frame of reference 1.2.3, by DCMTK alone.
void write_structure_set(const std::vector<Roi>& rois, const Grid& grid, const std::filesystem::path& path);

}  // namespace pet::test
