// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/instance.h"

#include <algorithm>
#include <limits>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/enhanced.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/identity.h"
#include "libpet/dicom/detail/instance_parts.h"

namespace pet::detail {
namespace {

void read_kind(const Dataset& data, Instance& instance) {
  read_origin(data, instance);
  instance.image_type = data.text(DCM_ImageType);
  instance.units = data.text(DCM_Units);
  instance.corrected_image = data.text(DCM_CorrectedImage);
  instance.series_type = data.text(DCM_SeriesType);
  instance.counts_source = data.text(DCM_CountsSource);
  instance.decay_correction = data.text(DCM_DecayCorrection);
}

void read_geometry(const Dataset& data, Instance& instance) {
  set_plane(data.required_numbers(DCM_ImagePositionPatient, 3), data.required_numbers(DCM_ImageOrientationPatient, 6),
            data.required_numbers(DCM_PixelSpacing, 2), data.where(DCM_PixelSpacing), instance);
  instance.slice_thickness_mm = data.number(DCM_SliceThickness);
}

void read_integer_format(const Dataset& data, PixelFormat& pixels) {
  pixels.bits_allocated = static_cast<int>(data.required_integer(DCM_BitsAllocated, 8, 32));
  if (pixels.bits_allocated % 8 != 0 || pixels.bits_allocated == 24)
    throw bad_input(data.where(DCM_BitsAllocated), std::to_string(pixels.bits_allocated), "8, 16 or 32");
  pixels.bits_stored = static_cast<int>(data.required_integer(DCM_BitsStored, 1, pixels.bits_allocated));
  data.required_integer(DCM_HighBit, pixels.bits_stored - 1, pixels.bits_stored - 1);
  pixels.is_signed = data.required_integer(DCM_PixelRepresentation, 0, 1) == 1;
}

// The most bytes of pixels that a byte of a file can hold: two bytes of RLE are at most 128, deflate reaches 1032.
// JPEG-LS with its runs and JPEG 2000, whose blank code-blocks take no byte, have no bound, but slices that blank are
// small beside their header.
std::size_t most_compression(const std::string& transfer_syntax) {
  return transfer_syntax == DcmXfer(EXS_RLELossless).getXferName() ? 64 : 1040;
}

void read_pixel_format(const Dataset& data, const FileHeader& header, Instance& instance) {
  PixelFormat& pixels = instance.pixels;
  if (const auto frames = data.integer(DCM_NumberOfFrames); frames && *frames != 1)
    throw bad_input(data.where(DCM_NumberOfFrames), std::to_string(*frames), "one slice a file");
  read_stored_pixels(data, header, 1, instance);
  pixels.slope = data.required_number(DCM_RescaleSlope);
  if (!(pixels.slope > 0.0))
    throw bad_input(data.where(DCM_RescaleSlope), data.quoted(data.text(DCM_RescaleSlope)), "a positive slope");
  pixels.intercept = data.number(DCM_RescaleIntercept).value_or(0.0);
}

// Bq/mL of one count: element 09 of the block that Philips reserved, which need not be the first. Files that lost their
// private creators have it in the first, which must not be someone else's.
std::optional<double> read_philips_activity_factor(const Dataset& data) {
  const DcmTagKey first_creator(0x7053, 0x0010);
  if (const auto tag = data.private_tag(0x7053, 0x09, "Philips PET Private Group")) return data.number(*tag);
  if (data.has(first_creator)) return std::nullopt;
  return data.number(DcmTagKey(0x7053, 0x1009));
}

// What scanners write of the reference of decay where nobody alters it: GE the start of the scan, Siemens the Decay
// Correction DateTime (conformance statement of the Biograph TruePoint). No more than evidence: malformed is missing.
void read_scanner_time(const Dataset& data, std::optional<int> utc_offset_min, Instance& instance) {
  struct Private {
    std::uint16_t group;
    std::uint8_t number;
    const char* creator;
    const char* tag;
  };
  constexpr Private elements[] = {{0x0009, 0x0D, "GEMS_PETD_01", "(0009,100D)"},
                                  {0x0071, 0x22, "SIEMENS MED PT", "(0071,1022)"}};
  for (const auto& [group, number, creator, name] : elements) {
    const auto tag = data.private_tag(group, number, creator);
    if (!tag) continue;
    try {
      instance.scanner_time = data.local_date_time(*tag, utc_offset_min);
      instance.scanner_time_tag = name;
    } catch (const InputError&) {
      instance.scanner_time = std::nullopt;
    }
  }
}

void read_timing(const Dataset& data, Instance& instance) {
  const auto utc_offset_min = data.utc_offset_min();
  auto start = data.date_time(DCM_AcquisitionDate, DCM_AcquisitionTime);
  if (!start) start = data.local_date_time(DCM_AcquisitionDateTime, utc_offset_min);
  if (!start)
    throw bad_input(data.where(DCM_AcquisitionTime), "no date and time of acquisition", "the start of the frame");
  instance.start = *start;
  instance.duration_s = data.required_number(DCM_ActualFrameDuration) * 1e-3;
  if (!(instance.duration_s > 0.0))
    throw bad_input(data.where(DCM_ActualFrameDuration), data.quoted(data.text(DCM_ActualFrameDuration)),
                    "milliseconds");
  instance.series_time = data.date_time(DCM_SeriesDate, DCM_SeriesTime);
  read_scanner_time(data, utc_offset_min, instance);
  if (const auto ms = data.number(DCM_FrameReferenceTime)) instance.frame_reference_s = *ms * 1e-3;
  instance.decay_factor = data.number(DCM_DecayFactor);
  if (instance.units == "CNTS") instance.philips_activity_factor = read_philips_activity_factor(data);
  instance.image_index = data.integer(DCM_ImageIndex);
  instance.slice_count = data.integer(DCM_NumberOfSlices);
  instance.time_slice_count = data.integer(DCM_NumberOfTimeSlices);
}

}  // namespace

void read_origin(const Dataset& data, Instance& instance) {
  instance.lossy = data.text(DCM_LossyImageCompression);
  instance.manufacturer = data.text(DCM_Manufacturer);
  instance.model_name = data.text(DCM_ManufacturerModelName);
  instance.description = data.text(DCM_SeriesDescription);
  instance.reconstruction_method = data.text(DCM_ReconstructionMethod);
  instance.identity = data.identity();
  instance.does_description_identify = instance.identity->is_repeated_in(instance.description);
  if (instance.does_description_identify) instance.description.clear();
  instance.frame_of_reference_uid = data.text(DCM_FrameOfReferenceUID);
}

void set_plane(const std::vector<double>& position,
               const std::vector<double>& orientation,
               const std::vector<double>& spacing,
               const std::string& where_spacing,
               Instance& instance) {
  std::copy_n(position.begin(), 3, instance.position_mm.begin());
  std::copy_n(orientation.begin(), 3, instance.row_direction.begin());
  std::copy_n(orientation.begin() + 3, 3, instance.column_direction.begin());
  instance.row_spacing_mm = spacing[0];
  instance.column_spacing_mm = spacing[1];
  if (!(spacing[0] > 0.0) || !(spacing[1] > 0.0))
    throw bad_input(where_spacing, "a spacing that is not positive", "positive spacings");
}

void read_stored_pixels(const Dataset& data, const FileHeader& header, std::size_t frames, Instance& instance) {
  PixelFormat& pixels = instance.pixels;
  instance.rows = static_cast<int>(data.required_integer(DCM_Rows, 1, 65535));
  instance.columns = static_cast<int>(data.required_integer(DCM_Columns, 1, 65535));
  pixels.element = header.pixel_element;
  if (pixels.element == 0) throw bad_input(data.where(DCM_PixelData), "no pixels", "pixels");
  data.required_integer(DCM_SamplesPerPixel, 1, 1);
  if (pixels.element == 0x0010) {
    read_integer_format(data, pixels);
  } else {
    pixels.bits_allocated = pixels.bits_stored = pixels.element == 0x0008 ? 32 : 64;
  }

  pixels.is_native = header.is_native;
  pixels.is_deflated = header.is_deflated;
  pixels.word_bytes = header.pixel_word_bytes;
  if (header.is_big_endian && pixels.word_bytes == 1 && pixels.bits_allocated > 8)
    throw bad_input(data.where(DCM_PixelData), "VR OB of pixels in big endian that are longer than a byte", "OW");
  pixels.offset = header.pixel_offset;
  pixels.length = static_cast<std::size_t>(instance.rows) * static_cast<std::size_t>(instance.columns) *
                  static_cast<std::size_t>(pixels.bits_allocated / 8);
  pixels.frames = frames;
  constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
  const std::size_t all = pixels.length > most / frames ? most : pixels.length * frames;
  // Checked here, so that no size a file only claims is ever allocated.
  const std::size_t available = header.file_size - std::min(header.file_size, header.pixel_offset);
  if (pixels.is_native && (header.pixel_length < all || available < all))
    throw bad_input(data.where(DcmTagKey(0x7FE0, pixels.element)),
                    std::to_string(std::min<std::size_t>(header.pixel_length, available)) + " bytes",
                    std::to_string(all) + " (rows x columns x bytes per pixel x frames)");
  if (!pixels.is_native && all / most_compression(header.transfer_syntax) > header.file_size)
    throw bad_input(data.where(DCM_Rows),
                    std::to_string(all) + " bytes of pixels in a file of " + std::to_string(header.file_size), "less");
}

void go_to_frame(std::size_t frame, Instance& instance) {
  instance.pixels.frame = frame;
  if (instance.pixels.is_native) instance.pixels.offset += frame * instance.pixels.length;
}

StatedTracer read_stated_tracer(const Dataset& data) {
  const auto item = data.first_item(DCM_RadiopharmaceuticalInformationSequence);
  if (!item) return {};
  return {item->text(DCM_RadionuclideHalfLife), item->text(DCM_RadionuclideTotalDose),
          item->text(DCM_RadiopharmaceuticalStartDateTime), item->text(DCM_RadiopharmaceuticalStartTime)};
}

std::string Instance::quoted(std::string_view text) const {
  return identity ? identity->quoted(text) : quote(text);
}

std::string Instance::shown(const std::string& text) const {
  return identifies(text) ? "left out: repeats who was scanned" : text;
}

bool Instance::identifies(std::string_view text) const {
  return identity && identity->is_repeated_in(text);
}

bool Instance::is_lossy() const {
  if (lossy == "01") return true;
  const DcmXfer syntax(transfer_syntax.c_str());
  const bool may_be_lossless = syntax.getXfer() == EXS_JPEG2000 || syntax.getXfer() == EXS_JPEGLSLossy;
  return syntax.isLossy() && !(may_be_lossless && lossy == "00");
}

bool Instance::is_classic_pet() const {
  return sop_class == UID_PositronEmissionTomographyImageStorage;
}

bool Instance::is_directory() const {
  return sop_class == UID_MediaStorageDirectoryStorage;
}

bool Instance::is_enhanced_pet() const {
  return sop_class == UID_EnhancedPETImageStorage || sop_class == UID_LegacyConvertedEnhancedPETImageStorage;
}

std::vector<Instance> read_instances(const std::filesystem::path& path) {
  FileHeader header = read_file_header(path);
  if (!header.is_dicom) return {};
  const bool has_odd_length =
      std::ranges::any_of(header.elements.list, [](const Element& element) { return element.value.size() % 2 != 0; });
  const Dataset data(std::move(header.elements), path.string());
  Instance instance;
  instance.file = path;
  instance.sop_class = data.text(DCM_SOPClassUID);
  instance.series_uid = data.text(DCM_SeriesInstanceUID);
  if (instance.sop_class.empty() && data.has(DCM_DirectoryRecordSequence))
    instance.sop_class = UID_MediaStorageDirectoryStorage;  // which only its meta header says
  if (!instance.is_classic_pet() && !instance.is_enhanced_pet()) return {instance};
  instance.transfer_syntax = header.transfer_syntax;
  instance.has_odd_length = has_odd_length;
  try {
    if (instance.is_enhanced_pet()) return read_enhanced(data, header, instance);
    read_kind(data, instance);
    read_geometry(data, instance);
    read_pixel_format(data, header, instance);
    read_timing(data, instance);
    instance.tracer = read_stated_tracer(data);
  } catch (const InputError& error) {
    instance.problem = error.what();
  }
  return {instance};
}

std::optional<Instance> read_instance(const std::filesystem::path& path) {
  std::vector<Instance> instances = read_instances(path);
  if (instances.empty()) return std::nullopt;
  return std::move(instances.front());
}

}  // namespace pet::detail
