// SPDX-License-Identifier: Apache-2.0
#include "tools/image_arguments.h"

#include "libpet/dicom/pet_image.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/dicom/structure_set.h"
#include "libpet/error.h"
#include "libpet/io/nifti.h"

namespace pet {
namespace {

LabelMap read_any_labels(const std::string& path,
                         bool has_table,
                         const Grid& grid,
                         const std::vector<std::string>& regions) {
  if (is_nifti(path)) return read_label_map(path);
  if (label_source(path) != LabelSource::structure_set) return read_dicom_segmentation(path);
  // Contours may overlap where label images cannot, so that the choice comes before they are drawn.
  return read_structure_set(path, grid, has_table ? std::vector<std::string>() : regions);
}

}  // namespace

void require_dicom_for(const std::string& option, const std::string& image) {
  if (is_nifti(image)) throw UsageError("--" + option + " is for DICOM series; " + image + " is a NIfTI image");
}

void ImageArguments::declare(Tool& tool) {
  tool.argument("IMAGE", image, "folder or DICOMDIR of a DICOM PET series, or a 4-D NIfTI with its BIDS sidecar");
}

void ImageArguments::declare_options(Tool& tool) {
  tool.option("series", series, "UID", "which PET series of the folder, if it holds several")
      .option("injection-time", injection_time, "TIME",
              "injection as 2026-01-31T12:34:56 or 12:34:56, in place of the header's")
      .option(
          "decay-reference", decay_reference, "TIME",
          "to what stored values are corrected, in place of what the header tells: scan-start, injection, or a time")
      .option("allow-lossy", allows_lossy, "read pixels that were compressed with loss, which are not quantitative");
}

bool is_nifti(const std::string& path) {
  return path.ends_with(".nii") || path.ends_with(".nii.gz");
}

DynamicImage read_image(const ImageArguments& arguments, const Common& common) {
  if (!arguments.series.empty()) require_dicom_for("series", arguments.image);
  if (arguments.injection_time) require_dicom_for("injection-time", arguments.image);
  if (arguments.decay_reference) require_dicom_for("decay-reference", arguments.image);
  if (arguments.allows_lossy) require_dicom_for("allow-lossy", arguments.image);
  DynamicImage image =
      is_nifti(arguments.image)
          ? read_nifti_image(arguments.image)
          : read_pet_series(arguments.image, {arguments.series, arguments.injection_time, common.threads,
                                              arguments.decay_reference, arguments.allows_lossy});
  for (const std::string& warning : image.warnings) warn(common, warning);
  return image;
}

LabelMap read_labels(const std::string& path,
                     const std::optional<std::string>& table,
                     const DynamicImage& image,
                     const std::vector<std::string>& regions) {
  LabelMap labels = read_any_labels(path, table.has_value(), image.grid, regions);
  if (table) labels.names = read_label_names(*table);
  if (!regions.empty()) labels = keep_regions(std::move(labels), regions);
  const bool both_known = !labels.frame_of_reference_uid.empty() && !image.frame_of_reference_uid.empty();
  if (both_known && labels.frame_of_reference_uid != image.frame_of_reference_uid)
    throw bad_input(path + " tag (0020,0052) FrameOfReferenceUID", labels.frame_of_reference_uid,
                    image.frame_of_reference_uid + ", the image's");
  return align_labels(labels, image.grid, path);
}

}  // namespace pet
