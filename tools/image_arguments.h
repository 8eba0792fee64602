// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpet/image.h"
#include "libpet/labels.h"
#include "tools/tool.h"

namespace pet {

/// A dynamic image as commands take it.
struct ImageArguments {
  std::string image;
  std::string series;
  std::optional<std::string> injection_time;
  std::optional<std::string> decay_reference;
  bool allows_lossy = false;

  void declare(Tool& tool);
  /// Declares the options that an image of a DICOM series needs; call it where they shall appear in the help.
  void declare_options(Tool& tool);
};

/// Throws UsageError for an option that makes sense for DICOM series only, where the image is a NIfTI file.
void require_dicom_for(const std::string& option, const std::string& image);

/// Whether a path is that of a NIfTI file.
bool is_nifti(const std::string& path);

/// Reads the DICOM series or NIfTI image and tells its warnings. Throws what the readers throw, and UsageError for
/// options of DICOM series with a NIfTI image.
DynamicImage read_image(const ImageArguments& arguments, const Common& common);

/// Reads labels (NIfTI, DICOM Segmentation or RT Structure Set) onto the grid of an image; `table` has their names, of
/// which `regions` chooses (empty: all).
LabelMap read_labels(const std::string& labels,
                     const std::optional<std::string>& table,
                     const DynamicImage& image,
                     const std::vector<std::string>& regions = {});

}  // namespace pet
