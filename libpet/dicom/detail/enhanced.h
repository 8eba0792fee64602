// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/instance.h"

namespace pet::detail {

/// The frames of an Enhanced PET or Legacy Converted Enhanced PET image (DICOM PS3.3 A.56, A.72) as slices like those
/// of classic PET. An attribute of a frame is taken from its own functional groups, else the shared ones, else the data
/// set. Values are those of the real world value mapping in Bq/ml, else of the pixel value transformation with Units;
/// the time that values are corrected to is Decay Correction DateTime. `common` is what all frames share. What cannot
/// be read is the `problem` of its frame. Throws InputError where frames and functional groups are not of one number.
std::vector<Instance> read_enhanced(const Dataset& data, const FileHeader& header, const Instance& common);

}  // namespace pet::detail
