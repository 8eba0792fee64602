// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libpet/dicom/pet_image.h"

namespace pet {
namespace detail {
class PlacedSeries;
}

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

/// A series and what else its header says. Headers are read once, pixels slice by slice where they are wanted: an image
/// need not fit into memory to be passed on. Compressed files of several frames are kept, one a thread.
class DescribedScan {
 public:
  /// Reads the headers. Throws as read_pet_series does for anything but pixels.
  explicit DescribedScan(const std::filesystem::path& folder, const PetReadOptions& options = {});
  ~DescribedScan();
  DescribedScan(const DescribedScan&) = delete;
  DescribedScan& operator=(const DescribedScan&) = delete;

  /// What read_pet_series reads, without voxels.
  const DynamicImage& image() const;
  const ScanDescription& description() const { return description_; }

  /// The values of a slice in Bq/mL as the scanner stored them, before any correction to injection; i fastest. May be
  /// called from several threads that end before the scan does. Precondition: there are such a frame and slice, and
  /// `values` has room for the slice and no more. Throws InputError where the pixels cannot be read.
  void read_stored_slice(std::size_t frame, std::size_t slice, std::span<float> values) const;

 private:
  std::unique_ptr<const detail::PlacedSeries> series_;
  ScanDescription description_;
};

}  // namespace pet
