// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/pet_writer.h"

#include <cmath>
#include <cstdio>

#include "libpet/decay.h"
#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/enhanced_writer.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/dicom/detail/pet_modules.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

using detail::decimal_string;
using detail::dialect_of;
using detail::put;
using detail::StoredFrame;
using detail::StoredSeries;
using Found = DecayCorrection::Found;

// PET Series (DICOM PS3.3 C.8.9.1) and the patient's orientation.
void put_pet_series(const StoredSeries& series, DcmItem& item) {
  const PetWriteOptions& options = series.options;
  put(item, DCM_Units, dialect_of(series).activity_factor > 0.0 ? "CNTS" : "BQML");
  put(item, DCM_CountsSource, "EMISSION");
  put(item, DCM_SeriesType, "DYNAMIC\\IMAGE");
  put(item, DCM_NumberOfSlices, static_cast<std::uint16_t>(series.image.grid.size[2]));
  put(item, DCM_NumberOfTimeSlices, static_cast<std::uint16_t>(series.frames.size()));
  const bool is_corrected = options.decay_correction != Found::none;
  put(item, DCM_CorrectedImage, std::string("NORM\\DTIM\\ATTN\\SCAT\\RAN") + (is_corrected ? "\\DECY" : ""));
  put(item, DCM_DecayCorrection, !is_corrected ? "NONE" : options.decay_correction == Found::start ? "START" : "ADMIN");
  put(item, DCM_CollimatorType, "NONE");
  detail::put_code(item, DCM_PatientOrientationCodeSequence, "102538003", "SCT", "recumbent");
  DcmItem* orientation = nullptr;
  item.findAndGetSequenceItem(DCM_PatientOrientationCodeSequence, orientation);
  detail::put_code(*orientation, DCM_PatientOrientationModifierCodeSequence, "40199007", "SCT", "supine");
  detail::put_code(item, DCM_PatientGantryRelationshipCodeSequence, "102540008", "SCT", "headfirst");
}

// What the dialect takes for Frame Reference Time, after the series time.
double frame_reference_ms(const StoredSeries& series, const StoredFrame& frame) {
  const double start_ms = 1e3 * detail::seconds_between(series.series_time, frame.start);
  switch (dialect_of(series).frame_reference) {
    case detail::FrameReference::zero:
      return 0.0;
    case detail::FrameReference::frame_start:
      return start_ms;
    case detail::FrameReference::mid_frame:
      return start_ms + 0.5 * static_cast<double>(frame.duration_ms);
    case detail::FrameReference::average_count_time:
      break;
  }
  const double lambda_per_ms = decay_constant(series.half_life_min) / 60000.0;
  const double within = frame_decay_factor(0.0, static_cast<double>(frame.duration_ms) / 60000.0, series.half_life_min);
  return start_ms + std::log(within) / lambda_per_ms;
}

// Elements that only one manufacturer writes.
void put_private(const StoredSeries& series, DcmItem& item) {
  const std::string time = detail::dicom_date(series.series_time) + detail::dicom_time(series.series_time);
  if (series.options.dialect == PetDialect::ge) {
    item.putAndInsertString(DcmTag(0x0009, 0x0010, EVR_LO), "GEMS_PETD_01");
    item.putAndInsertString(DcmTag(0x0009, 0x100D, EVR_DT), time.c_str());
  }
  if (series.options.dialect == PetDialect::siemens) {
    item.putAndInsertString(DcmTag(0x0071, 0x0010, EVR_LO), "SIEMENS MED PT");
    item.putAndInsertString(DcmTag(0x0071, 0x1022, EVR_DT), time.c_str());
  }
  if (dialect_of(series).activity_factor > 0.0) {
    item.putAndInsertString(DcmTag(0x7053, 0x0010, EVR_LO), "Philips PET Private Group");
    item.putAndInsertString(DcmTag(0x7053, 0x1009, EVR_DS), decimal_string(dialect_of(series).activity_factor).c_str());
  }
}

void put_image(const StoredSeries& series, std::size_t f, int k, DcmItem& item) {
  const Grid& grid = series.image.grid;
  const StoredFrame& frame = series.frames[f];
  const auto index =
      static_cast<std::uint16_t>(static_cast<int>(f) * grid.size[2] + detail::place_along_normal(series, k) + 1);
  put(item, DCM_SOPClassUID, UID_PositronEmissionTomographyImageStorage);
  put(item, DCM_SOPInstanceUID, uid_from(series.options.uid_seed, "instance " + std::to_string(index)));
  put(item, DCM_ImageType, "ORIGINAL\\PRIMARY");
  put(item, DCM_InstanceNumber, std::to_string(index));
  put(item, DCM_ImageIndex, index);
  detail::put_date_time(item, DCM_ContentDate, DCM_ContentTime, frame.start);
  detail::put_date_time(item, DCM_AcquisitionDate, DCM_AcquisitionTime, frame.start);
  put(item, DCM_ActualFrameDuration, std::to_string(frame.duration_ms));
  put(item, DCM_FrameReferenceTime, decimal_string(frame_reference_ms(series, frame)));
  if (series.options.decay_correction != Found::none)
    put(item, DCM_DecayFactor, detail::digits_of(frame.decay_factor, dialect_of(series).digits));
  put(item, DCM_ImagePositionPatient, detail::values_of(grid.position_mm(0, 0, k)));
  put(item, DCM_ImageOrientationPatient, detail::values_of(series.row) + "\\" + detail::values_of(series.column));
  put(item, DCM_PixelSpacing, decimal_string(series.row_spacing_mm) + "\\" + decimal_string(series.column_spacing_mm));
  put(item, DCM_SliceThickness, decimal_string(series.slice_spacing_mm));
}

void put_pixels(const StoredSeries& series, std::size_t f, int k, DcmItem& item) {
  const detail::StoredSlice stored = detail::stored_slice(series, f, k);
  detail::put_pixel_description(series, item);
  put(item, DCM_RescaleIntercept, "0");
  put(item, DCM_RescaleSlope, stored.slope);
  item.putAndInsertUint16Array(DCM_PixelData, stored.values.data(), stored.values.size());
}

// Names that tell time and place, or none that do.
std::string file_name(std::size_t frame, std::size_t slice, std::size_t slices, bool is_shuffled) {
  char name[64];
  // The factors are primes above the number of slices that a series may have: no name comes twice.
  if (is_shuffled)
    std::snprintf(name, sizeof name, "i%06zu", (frame * slices + slice + 1) * 75431 % 104729);
  else
    std::snprintf(name, sizeof name, "frame-%03zu_slice-%03zu.dcm", frame + 1, slice + 1);
  return name;
}

std::vector<std::filesystem::path> write_classic(const StoredSeries& series, const std::filesystem::path& folder) {
  const auto slices = static_cast<std::size_t>(series.image.grid.size[2]);
  std::vector<std::filesystem::path> files(slices * series.frames.size());
  parallel_for(files.size(), series.options.threads, [&](std::size_t i) {
    const std::size_t frame = i / slices, slice = i % slices;
    DcmFileFormat file;
    DcmItem& item = *file.getDataset();
    detail::put_patient_and_study(series, item);
    detail::put_series_and_equipment(series, item);
    put_pet_series(series, item);
    detail::put_tracer(series, 1.0, item);
    put_private(series, item);
    put_image(series, frame, static_cast<int>(slice), item);
    put_pixels(series, frame, static_cast<int>(slice), item);
    files[i] = folder / file_name(frame, slice, slices, series.options.is_shuffled);
    detail::save(file, files[i], series.options.encoding);
  });
  return files;
}

}  // namespace

std::vector<std::filesystem::path> write_pet_series(const DynamicImage& image,
                                                    const PetWriteOptions& options,
                                                    const std::filesystem::path& folder) {
  detail::prepare_dcmtk();
  detail::prepare_encoding(options.encoding);
  const StoredSeries series = detail::plan_series(image, options);
  std::filesystem::create_directories(folder);
  if (options.dialect != PetDialect::enhanced) return write_classic(series, folder);
  const std::filesystem::path file = folder / (options.is_shuffled ? "i000001" : "enhanced.dcm");
  detail::write_enhanced(series, file);
  return {file};
}

}  // namespace pet
