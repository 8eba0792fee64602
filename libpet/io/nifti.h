// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "libpet/image.h"
#include "libpet/labels.h"
#include "libpet/provenance.h"
#include "libpet/slices.h"

namespace pet {

/// Reads an integer NIfTI-1/2 label map (.nii, .nii.gz; scl_slope may be 1, values must be whole numbers). The grid is
/// taken from the sform, else the qform, turned from NIfTI's RAS+ into DICOM's LPS+. Throws InputError for neither, for
/// non-integer values, for more than one volume.
LabelMap read_label_map(const std::filesystem::path& path);
/// int16 or int32 as needed, sform and qform set; the same map gives the same bytes, whatever the number of threads (0:
/// one a core).
void write_label_map(const LabelMap& labels, const std::filesystem::path& path, unsigned threads = 0);

/// Reads a 4-D NIfTI image with its BIDS JSON sidecar (FrameTimesStart, FrameDuration, Units, ImageDecayCorrected,
/// ImageDecayCorrectionTime, InjectionStart, RadionuclideHalfLife or TracerRadionuclide, dose). Values are turned to
/// kBq/mL, corrected for decay to injection and counted from it. Throws InputError where the sidecar contradicts the
/// image or itself, or does not say whether the image is corrected for decay. What is odd but usable is in `warnings`.
DynamicImage read_nifti_image(const std::filesystem::path& path);

/// Reads one volume of real numbers (`_mimap.nii.gz`) as it is. Throws InputError for several volumes and for what
/// `read_label_map` refuses otherwise.
VolumeMap read_volume_map(const std::filesystem::path& path);

/// Write float32 in three or four dimensions, `voxels` frame by frame with i fastest, each value times `factor` (1000
/// makes Bq/mL of kBq/mL). A path that ends in .gz is compressed by that many threads (0: one a core); the same values
/// give the same bytes, whatever their number. `description` goes into the header (79 bytes at most). Frame times are
/// not part of NIfTI: they belong into the sidecar. Throw OutputError with the reason, UsageError for a name that ends
/// neither in .nii nor in .nii.gz.
void write_nifti_volume(const Grid& grid,
                        std::span<const float> voxels,
                        const std::filesystem::path& path,
                        const std::string& description = "",
                        unsigned threads = 0);
/// What write_nifti_volume writes into a .nii file.
std::string nifti_volume_bytes(const Grid& grid, std::span<const float> voxels);
void write_nifti_series(const Grid& grid,
                        const Frames& frames,
                        std::span<const float> voxels,
                        const std::filesystem::path& path,
                        const std::string& description = "",
                        double factor = 1.0,
                        unsigned threads = 0);
/// The same of slices that `read_slice(frame, slice, values)` gives, from so many threads (0: one a core), while others
/// are written. The threads end before it returns.
void write_nifti_series(const Grid& grid,
                        const Frames& frames,
                        const std::function<void(std::size_t, std::size_t, std::span<float>)>& read_slice,
                        const std::filesystem::path& path,
                        const std::string& description = "",
                        unsigned threads = 0);

/// The BIDS sidecar of an image that was written in Bq/mL (factor 1000; unknown units as they are): times from
/// injection, decay correction, tracer, provenance. `extra_json` is an object whose members are added.
std::string image_sidecar_text(const DynamicImage& image, const Provenance& provenance, const std::string& extra_json);

/// `index name` of a `dseg.tsv` (also `label`/`id` columns of older tools). Throws InputError with file and line, also
/// for numbers or names that occur twice.
std::map<std::int32_t, std::string> read_label_names(const std::string& path);

}  // namespace pet
