// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/dicom/detail/date_time.h"
#include "libpet/grid.h"

namespace pet::detail {

class Identity;

/// Where the pixels of a slice are in its file, and how a stored number becomes a value.
struct PixelFormat {
  std::uint16_t element = 0;  ///< of group 7FE0: 0x0010 integers, 0x0008 float, 0x0009 double
  std::size_t offset = 0;
  std::size_t length = 0;
  std::size_t frame = 0;       ///< which of those in the file
  std::size_t frames = 1;      ///< in the file
  bool is_native = true;       ///< not encapsulated: can be read at `offset`
  bool is_deflated = false;    ///< `offset` is that in the data set, inflated
  std::size_t word_bytes = 1;  ///< of words whose bytes are reversed, as in big endian; 1: none are
  int bits_allocated = 16;
  int bits_stored = 16;
  bool is_signed = false;
  double slope = 1.0;
  double intercept = 0.0;
  bool operator==(const PixelFormat&) const = default;
};

/// What one file says of its radiopharmaceutical, as text: to be compared with what the others say.
struct StatedTracer {
  std::string half_life, total_dose, start_date_time, start_time;
};

/// What one slice of a PET series says about itself: a file of classic PET, a frame of Enhanced PET. Who was scanned is
/// kept only to be left out.
struct Instance {
  std::filesystem::path file;
  /// Why the attributes below could not all be read; empty: they could.
  std::string problem;

  std::string sop_class, series_uid, transfer_syntax;
  std::string image_type, units, corrected_image, series_type, counts_source, decay_correction, lossy;
  std::string manufacturer, model_name, description, frame_of_reference_uid;
  std::string reconstruction_method;
  bool has_odd_length = false;  ///< of an element, which DICOM does not allow
  std::shared_ptr<const Identity> identity;
  bool does_description_identify = false;  ///< it repeats who was scanned, and was left out

  int rows = 0;
  int columns = 0;
  Vector3 position_mm{};
  Vector3 row_direction{};     ///< in which the column index grows
  Vector3 column_direction{};  ///< in which the row index grows
  double row_spacing_mm = 0.0;
  double column_spacing_mm = 0.0;
  std::optional<double> slice_thickness_mm;
  PixelFormat pixels;

  DateTime start;
  double duration_s = 0.0;
  std::optional<DateTime> series_time;  ///< or the time to which values are corrected, where it is stated
  bool is_decay_time_stated = false;
  std::optional<DateTime> scanner_time;  ///< of the start of the scan, in a private element of the scanner's own
  std::string scanner_time_tag;
  StatedTracer tracer;
  std::optional<double> frame_reference_s;
  std::optional<double> decay_factor;
  std::optional<double> philips_activity_factor;

  std::string concatenation_uid;  ///< of Enhanced PET that was split into files
  std::optional<long> concatenation_part, concatenation_parts;
  std::optional<long> image_index, slice_count, time_slice_count;

  /// A text of the file for a message, which must not say who was scanned.
  std::string quoted(std::string_view text) const;
  /// The same without quotation marks.
  std::string shown(const std::string& text) const;
  /// Whether a text says who was scanned.
  bool identifies(std::string_view text) const;
  /// Whether values were lost in compression: as the header says, else as the transfer syntax may do.
  bool is_lossy() const;
  bool is_classic_pet() const;
  bool is_enhanced_pet() const;  ///< also Legacy Converted
  bool is_directory() const;     ///< DICOMDIR
  /// What must be equal for two files to belong to one image.
  std::string kind() const { return series_uid + '\n' + kind_but_series(); }
  std::string kind_but_series() const {
    return image_type + '\n' + units + '\n' + corrected_image + '\n' + reconstruction_method;
  }
};

/// The first slice of a file; nothing if it is not DICOM.
std::optional<Instance> read_instance(const std::filesystem::path& path);

/// The slices of one file: one of classic PET, all frames of Enhanced PET; none if it is not DICOM. Of another class is
/// one that has only `sop_class` and `series_uid`. Throws as read_file_header does.
std::vector<Instance> read_instances(const std::filesystem::path& path);

}  // namespace pet::detail
