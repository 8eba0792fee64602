// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/segmentation.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/file_bytes.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/functional_groups.h"
#include "libpet/dicom/detail/identity.h"
#include "libpet/dicom/detail/instance_parts.h"
#include "libpet/dicom/detail/pixels.h"
#include "libpet/dicom/detail/segmentation_geometry.h"
#include "libpet/dicom/detail/series.h"
#include "libpet/error.h"

namespace pet {
namespace {

using detail::Dataset;

enum class Kind { binary, fractional, label_map };

Kind kind_of(const Dataset& data) {
  const std::string sop_class = data.text(DCM_SOPClassUID);
  if (sop_class == detail::label_map_segmentation_class) return Kind::label_map;
  if (sop_class != UID_SegmentationStorage) {
    const char* name = dcmFindNameOfUID(sop_class.c_str());
    throw bad_input(data.where(DCM_SOPClassUID), name ? name : data.quoted(sop_class), "Segmentation Storage");
  }
  const std::string type = data.text(DCM_SegmentationType);
  if (type != "BINARY" && type != "FRACTIONAL")
    throw bad_input(data.where(DCM_SegmentationType), data.quoted(type), "BINARY or FRACTIONAL");
  return type == "BINARY" ? Kind::binary : Kind::fractional;
}

Vector3 vector_of(const std::vector<double>& numbers, std::size_t first) {
  return {numbers[first], numbers[first + 1], numbers[first + 2]};
}

void read_orientation(const detail::FunctionalGroups& groups,
                      std::size_t frame,
                      detail::SegmentationGeometry& geometry) {
  const Dataset group = groups.of(frame, DCM_PlaneOrientationSequence);
  const std::vector<double> numbers = group.required_numbers(DCM_ImageOrientationPatient, 6);
  const Vector3 row = vector_of(numbers, 0), column = vector_of(numbers, 3);
  if (frame > 0 && (row != geometry.row_direction || column != geometry.column_direction))
    throw bad_input(group.where(DCM_ImageOrientationPatient),
                    "another orientation in frame " + std::to_string(frame + 1), "one orientation");
  geometry.row_direction = row;
  geometry.column_direction = column;
}

detail::SegmentationGeometry read_geometry(const Dataset& data,
                                           const detail::FunctionalGroups& groups,
                                           std::size_t frames) {
  detail::SegmentationGeometry geometry;
  geometry.rows = static_cast<int>(data.required_integer(DCM_Rows, 1, 65535));
  geometry.columns = static_cast<int>(data.required_integer(DCM_Columns, 1, 65535));
  const Dataset measures = groups.of(0, DCM_PixelMeasuresSequence);
  const std::vector<double> spacing = measures.required_numbers(DCM_PixelSpacing, 2);
  if (!(spacing[0] > 0.0) || !(spacing[1] > 0.0))
    throw bad_input(measures.where(DCM_PixelSpacing), "a spacing that is not positive", "two positive numbers");
  geometry.row_spacing_mm = spacing[0];
  geometry.column_spacing_mm = spacing[1];
  geometry.slice_spacing_mm = measures.number(DCM_SpacingBetweenSlices).value_or(0.0);
  for (std::size_t f = 0; f < frames; ++f) {
    read_orientation(groups, f, geometry);
    const Dataset plane = groups.of(f, DCM_PlanePositionSequence);
    geometry.frame_positions_mm.push_back(vector_of(plane.required_numbers(DCM_ImagePositionPatient, 3), 0));
  }
  // One slice alone has no spacing but may have a thickness.
  if (frames == 1 && !(geometry.slice_spacing_mm > 0.0))
    geometry.slice_spacing_mm = measures.number(DCM_SliceThickness).value_or(0.0);
  return geometry;
}

std::int32_t segment_of(const detail::FunctionalGroups& groups, std::size_t frame) {
  const Dataset group = groups.of(frame, DCM_SegmentIdentificationSequence);
  return static_cast<std::int32_t>(group.required_integer(DCM_ReferencedSegmentNumber, 1, 65535));
}

// Returns how many bits a pixel has. Each type has its own (DICOM PS3.3 C.8.20.2); bytes for BINARY are read as well.
long required_bits(const Dataset& data, const detail::FileHeader& header, Kind kind) {
  if (header.pixel_element != 0x0010) throw bad_input(data.where(DCM_PixelData), "no whole numbers", "segments");
  if (data.integer(DCM_PixelRepresentation).value_or(0) != 0)
    throw bad_input(data.where(DCM_PixelRepresentation), "signed pixels", "0");
  const long bits = data.required_integer(DCM_BitsAllocated, 1, 32);
  if (bits == 8 || (kind == Kind::binary && bits == 1) || (kind == Kind::label_map && bits == 16)) return bits;
  throw bad_input(data.where(DCM_BitsAllocated), std::to_string(bits),
                  kind == Kind::binary       ? "1 or 8 of BINARY"
                  : kind == Kind::fractional ? "8 of FRACTIONAL"
                                             : "8 or 16 of LABELMAP");
}

// The pixels of a Segmentation as whole numbers, frame by frame: 0 and 1 of single bits, else what is stored. No memory
// is taken for pixels before the file was seen to hold them.
class SegmentationPixels {
 public:
  SegmentationPixels(
      const Dataset& data, const detail::FileHeader& header, Kind kind, std::size_t frames, const std::string& file) {
    instance_.file = file;
    instance_.transfer_syntax = header.transfer_syntax;
    instance_.identity = data.identity();
    instance_.lossy = data.text(DCM_LossyImageCompression);
    detail::require_lossless(instance_);
    const std::size_t pixels = static_cast<std::size_t>(data.required_integer(DCM_Rows, 1, 65535)) *
                               static_cast<std::size_t>(data.required_integer(DCM_Columns, 1, 65535));
    if (required_bits(data, header, kind) == 1)
      read_bits(data, header, pixels, frames);
    else
      detail::read_stored_pixels(data, header, frames, instance_);
    values_.resize(pixels);
  }

  std::span<const float> frame(std::size_t index) {
    if (bits_.empty()) {
      detail::Instance frame = instance_;
      detail::go_to_frame(index, frame);
      detail::read_pixels(frame, 1.0, values_);
      return values_;
    }
    for (std::size_t v = 0; v < values_.size(); ++v) {
      const std::size_t bit = index * values_.size() + v;
      values_[v] = static_cast<float>(bits_[bit / 8] >> bit % 8 & 1);
    }
    return values_;
  }

 private:
  // Bits of frames follow each other without a gap (DICOM PS3.5 8.1.1).
  void read_bits(const Dataset& data, const detail::FileHeader& header, std::size_t pixels, std::size_t frames) {
    const std::string where = data.where(DCM_PixelData);
    if (!header.is_native)
      throw bad_input(where, "bits compressed as '" + header.transfer_syntax + "'",
                      "no compression, or the whole file");
    std::size_t bytes = pixels / 8 * frames + (pixels % 8 * frames + 7) / 8;
    bytes += bytes % header.pixel_word_bytes;  // whole words, whose bytes may be reversed
    const std::size_t available = header.file_size - std::min(header.file_size, header.pixel_offset);
    const auto require = [&](std::size_t found) {
      if (found < bytes)
        throw bad_input(where, std::to_string(found) + " bytes", std::to_string(bytes) + ", a bit for every pixel");
    };
    require(std::min<std::size_t>(header.pixel_length, available));
    bits_.resize(bytes);
    require(
        detail::read_native(instance_.file, header.is_deflated, header.pixel_offset, header.pixel_word_bytes, bits_));
  }

  detail::Instance instance_;
  std::vector<float> values_;
  std::vector<unsigned char> bits_;  ///< empty: pixels have bytes of their own
};

void claim(std::int32_t segment, const std::string& file, std::int32_t& label) {
  if (label != 0 && label != segment)
    throw bad_input(file + " tag (0062,0002) SegmentSequence",
                    "segments " + std::to_string(label) + " and " + std::to_string(segment) + " that overlap",
                    "segments that share no voxel");
  label = segment;
}

// Labels of one slice. Of fractions, more than half makes a voxel part of a segment, so that segments that share a
// voxel between them leave it to one.
struct FrameReader {
  Kind kind;
  double half;              ///< of what stands for a whole voxel
  std::int32_t background;  ///< of a label map
  std::string file;

  void add(std::span<const float> pixels, std::int32_t segment, std::span<std::int32_t> labels) const {
    for (std::size_t v = 0; v < pixels.size(); ++v) {
      if (kind == Kind::label_map)
        add_number(static_cast<std::int32_t>(pixels[v]), labels[v]);
      else if (static_cast<double>(pixels[v]) > half)
        claim(segment, file, labels[v]);
    }
  }

  // Labels have no segment 0, which is their background.
  void add_number(std::int32_t number, std::int32_t& label) const {
    if (number == background) return;
    if (number == 0)
      throw bad_input(file + " tag (7fe0,0010) PixelData", "a voxel of segment 0",
                      "segments from 1, or " + std::to_string(background) + " (Pixel Padding Value) of none");
    claim(number, file, label);
  }
};

double half_of_whole(const Dataset& data, Kind kind) {
  if (kind != Kind::fractional) return 0.5;
  return static_cast<double>(data.required_integer(DCM_MaximumFractionalValue, 1, 255)) / 2.0;
}

void read_names(const Dataset& data, std::int32_t background, LabelMap& map) {
  for (const Dataset& segment : data.items(DCM_SegmentSequence)) {
    const auto number = static_cast<std::int32_t>(segment.required_integer(DCM_SegmentNumber, 0, 65535));
    std::string name = segment.text(DCM_SegmentLabel);
    if (number == 0 || number == background || name.empty()) continue;
    if (data.identity()->is_repeated_in(name)) name = "segment-" + std::to_string(number);
    map.names[number] = name;
  }
}

}  // namespace

bool is_dicom_file(const std::filesystem::path& path) {
  std::error_code ignored;  // of a name that can be none
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  std::array<unsigned char, 132> bytes{};
  const std::size_t count = detail::FileBytes(path).read(bytes.data(), 0, bytes.size());
  return detail::looks_like_dicom(bytes.data(), count);
}

LabelMap read_dicom_segmentation(const std::filesystem::path& path) {
  const std::string name = path.string();
  if (!std::filesystem::exists(path)) throw InputNotFound(name + ": no such file");
  if (!is_dicom_file(path)) throw bad_input(name, "a file that is not DICOM", "a DICOM Segmentation");
  detail::FileHeader header = detail::read_file_header(path);
  const Dataset data(std::move(header.elements), name);
  const Kind kind = kind_of(data);
  const auto frames = static_cast<std::size_t>(data.required_integer(DCM_NumberOfFrames, 1, 2147483647));
  const detail::DecodingScope decoding;
  SegmentationPixels pixels(data, header, kind, frames, name);  // no more frames than the file can hold
  const detail::FunctionalGroups groups(data, frames);
  const detail::PlacedFrames placed = detail::place_frames(read_geometry(data, groups, frames), name);

  LabelMap map;
  map.grid = placed.grid;
  pixels.frame(0);  // compressed ones may be fewer than the file claims, which is known before memory is taken
  map.labels.assign(map.grid.voxel_count(), 0);
  map.frame_of_reference_uid = data.text(DCM_FrameOfReferenceUID);
  // Of a label map, what is no segment is Pixel Padding Value (DICOM PS3.3 C.8.20.2, Supplement 243).
  const long padding = kind == Kind::label_map ? data.integer(DCM_PixelPaddingValue).value_or(0) : 0;
  const auto background = static_cast<std::int32_t>(padding);
  read_names(data, background, map);
  const FrameReader reader{kind, half_of_whole(data, kind), background, name};
  for (std::size_t f = 0; f < frames; ++f) {
    const std::span<const float> values = pixels.frame(f);
    const std::size_t first = static_cast<std::size_t>(placed.slice_of_frame[f]) * values.size();
    reader.add(values, kind == Kind::label_map ? 0 : segment_of(groups, f),
               std::span(map.labels).subspan(first, values.size()));
  }
  return map;
}

}  // namespace pet
