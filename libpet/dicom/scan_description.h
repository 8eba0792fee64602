// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libpet/dicom/pet_image.h"

namespace pet {

/// What the header of a PET series says beyond its image: scanner, reconstruction, corrections. Texts are as stored,
/// empty where there is none or where it repeats who was scanned (then with a warning).
struct ScanDescription {
  std::string series_uid;
  std::string scan_start;      ///< of the first frame, "2026-01-31T12:34:56.000"
  std::string injection_stop;  ///< of an infusion, likewise; empty: not stated
  std::string manufacturer, model_name, software_versions;
  std::string body_part;
  std::string image_type;                         ///< (0008,0008)
  std::string reconstruction;                     ///< (0054,1103), "OSEM 2i8s"
  std::string convolution_kernel;                 ///< (0018,1210), "XYZ Gauss2.00"
  std::string attenuation_method;                 ///< (0054,1101)
  std::string scatter_method;                     ///< (0054,1105)
  std::string randoms_method;                     ///< (0054,1100)
  std::string corrections;                        ///< (0028,0051), values separated by backslashes
  std::string administration_route;               ///< (0018,1070)
  std::optional<double> dose_calibration_factor;  ///< (0054,1322), applied already
  std::optional<double> injected_volume_mL;
  std::optional<double> body_weight_kg;
  std::vector<double> scatter_fractions;  ///< one a frame, fractions; empty unless all frames state one
  std::vector<std::string> warnings;
};

/// A series and what else its header says.
struct DescribedScan {
  DynamicImage image;
  ScanDescription description;
};

/// What read_pet_series reads, with its description; headers are read once. Throws as it does.
DescribedScan read_described_scan(const std::filesystem::path& folder, const PetReadOptions& options = {});

}  // namespace pet
