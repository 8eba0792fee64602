// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "libpet/labels.h"

namespace pet {

/// What a DICOM file says it is, as far as labels go.
enum class LabelSource { segmentation, structure_set, other };

LabelSource label_source(const std::filesystem::path& path);

/// Turns the regions of an RT Structure Set into labels on the voxels of `grid`: a voxel belongs to a region if its
/// centre lies inside the region's closed planar contours, by the even-odd rule over all contours of one plane, so that
/// holes and keyholes come out right (DICOM PS3.3 C.8.8.6). Each slice takes the nearest plane of contours, within half
/// a plane spacing or half a slice, whichever is larger. Labels count the regions in ascending order of ROI Number,
/// names are ROI Names; one that repeats the patient's name or ID becomes roi-NUMBER. `regions` chooses among the names
/// (empty: all that have closed contours).
///
/// Throws InputNotFound; InputError naming file and tag for a file that is no structure set, contours that
/// are not parallel to the slices (0.1 voxel), regions that overlap or hold no
/// voxel centre; UsageError for a name that the file does not have.
LabelMap read_structure_set(const std::filesystem::path& path,
                            const Grid& grid,
                            const std::vector<std::string>& regions = {});

}  // namespace pet
