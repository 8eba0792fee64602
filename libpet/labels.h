// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "libpet/grid.h"
#include "libpet/image.h"
#include "libpet/tac_table.h"

namespace pet {

/// A label image: one integer a voxel, 0 is background.
struct LabelMap {
  Grid grid;
  std::vector<std::int32_t> labels;           ///< i fastest
  std::map<std::int32_t, std::string> names;  ///< may lack labels that are in the image
  std::string frame_of_reference_uid;         ///< empty: unknown
};

/// The label map on the voxels of `grid`. Axes may be flipped or permuted and slices may be missing (they
/// are background), but every label voxel must coincide with an image voxel within 0.1 voxel: nothing is
/// interpolated. Throws InputError that describes both grids otherwise.
LabelMap align_labels(const LabelMap& labels, const Grid& grid, const std::string& where);

/// The labels of these names alone; the others become background. Throws UsageError, with the nearest name, for one
/// that no label has, InputError for a map without labels.
LabelMap keep_regions(LabelMap labels, const std::vector<std::string>& names);

/// Mean of every label over each frame, in double precision, with its volume. Regions are in order of their
/// label; a label without a name is called "label-<number>". Labels must be on the image's grid. Throws InputError for
/// two labels of one name and for regions with voxels that are not finite. Deterministic for any number of threads.
TacTable extract_tacs(const DynamicImage& image, const LabelMap& labels, unsigned threads);

/// The labels that occur in the image, in order, without background: one a region of extract_tacs.
std::vector<int> label_numbers(const LabelMap& labels);
/// Those among them that have no name.
std::vector<int> labels_without_name(const LabelMap& labels);
/// The names, in order of their label and without that of the background, whose label is nowhere in the image.
std::vector<std::string> names_without_voxels(const LabelMap& labels);

}  // namespace pet
