// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "libpet/image.h"
#include "libpet/labels.h"

namespace pet {

/// Reads an integer NIfTI-1/2 label map (.nii, .nii.gz; scl_slope may be 1, values must be whole numbers). The grid is
/// taken from the sform, else the qform, turned from NIfTI's RAS+ into DICOM's LPS+. Throws InputError for neither, for
/// non-integer values, for more than one volume.
LabelMap read_label_map(const std::filesystem::path& path);
/// int16 or int32 as needed, sform and qform set; the same map gives the same bytes.
void write_label_map(const LabelMap& labels, const std::filesystem::path& path);

/// Reads a 4-D NIfTI image with its BIDS JSON sidecar (FrameTimesStart, FrameDuration, Units, ImageDecayCorrected,
/// ImageDecayCorrectionTime, InjectionStart, RadionuclideHalfLife or TracerRadionuclide, dose).
DynamicImage read_nifti_image(const std::filesystem::path& path);

/// `index name` of a `dseg.tsv` (also `label`/`id` columns of older tools). Throws InputError with file and line.
std::map<std::int32_t, std::string> read_label_names(const std::string& path);

}  // namespace pet
