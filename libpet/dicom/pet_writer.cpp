// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/pet_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "libpet/decay.h"
#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/dicom/detail/radionuclide.h"
#include "libpet/dicom/detail/saved_file.h"
#include "libpet/dicom/detail/stored_series.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

using detail::DateTime;
using detail::decimal_string;
using detail::put;
using detail::StoredFrame;
using detail::StoredSeries;
using Found = DecayCorrection::Found;

constexpr double Bq_per_kBq = 1e3;
constexpr double largest_stored = 32767.0;

std::string ds(double value) {
  return decimal_string(value);
}

std::string ds(const Vector3& v) {
  return ds(v[0]) + "\\" + ds(v[1]) + "\\" + ds(v[2]);
}

// With so many significant digits; 0: as many as a Decimal String holds.
std::string ds(double value, int digits) {
  if (digits == 0) return decimal_string(value);
  char text[32];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

const detail::Dialect& dialect(const StoredSeries& series) {
  return detail::dialect_of(series.options.dialect);
}

std::string or_seed(const std::string& key, const PetWriteOptions& options) {
  return key.empty() ? options.uid_seed : key;
}

// A description of one value and at most 64 characters of UTF-8 (VR LO).
std::string long_string(const std::string& text) {
  constexpr std::size_t longest = 64;
  if (text.find('\\') != std::string::npos) throw bad_input("series description", "a backslash", "none (DICOM VR LO)");
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_first_byte = (static_cast<unsigned char>(text[i]) & 0xC0) != 0x80;
    if (is_first_byte && ++characters > longest) return text.substr(0, i);
  }
  return text;
}

void put_date_time(DcmItem& item, const DcmTagKey& date, const DcmTagKey& time, DateTime value) {
  put(item, date, detail::dicom_date(value));
  put(item, time, detail::dicom_time(value));
}

void put_patient_and_study(const StoredSeries& series, DcmItem& item) {
  const PetWriteOptions& options = series.options;
  put(item, DCM_SpecificCharacterSet, "ISO_IR 192");
  put(item, DCM_PatientName, "SIMULATED^" + options.patient_id);
  put(item, DCM_PatientID, options.patient_id);
  put(item, DCM_PatientBirthDate, "");
  put(item, DCM_PatientSex, "");
  put(item, DCM_PatientWeight, options.dialect == PetDialect::cps ? "0" : ds(options.patient_weight_kg));
  put(item, DCM_StudyInstanceUID, uid_from(or_seed(options.study_key, options), "study"));
  put_date_time(item, DCM_StudyDate, DCM_StudyTime, std::min(series.injection, series.frames.front().start));
  put(item, DCM_ReferringPhysicianName, "");
  put(item, DCM_StudyID, "1");
  put(item, DCM_AccessionNumber, "");
}

void put_series(const StoredSeries& series, DcmItem& item) {
  const PetWriteOptions& options = series.options;
  const Grid& grid = series.image.grid;
  std::string description = options.series_description.empty() ? series.image.description : options.series_description;
  if (!options.drug.empty()) description += (description.empty() ? "" : " ") + options.drug;
  put(item, DCM_Modality, "PT");
  put(item, DCM_SeriesInstanceUID, uid_from(options.uid_seed, "series"));
  put(item, DCM_SeriesNumber, std::to_string(options.series_number));
  put(item, DCM_SeriesDescription, long_string(description));
  put_date_time(item, DCM_SeriesDate, DCM_SeriesTime, series.series_time);
  put(item, DCM_BodyPartExamined, "BRAIN");
  put(item, DCM_Manufacturer, std::string(dialect(series).manufacturer));
  put(item, DCM_ManufacturerModelName, std::string(dialect(series).model));
  put(item, DCM_FrameOfReferenceUID, uid_from(or_seed(options.frame_of_reference_key, options), "frame of reference"));
  put(item, DCM_PositionReferenceIndicator, "");
  put(item, DCM_Units, dialect(series).activity_factor > 0.0 ? "CNTS" : "BQML");
  put(item, DCM_CountsSource, "EMISSION");
  put(item, DCM_SeriesType, "DYNAMIC\\IMAGE");
  put(item, DCM_NumberOfSlices, static_cast<std::uint16_t>(grid.size[2]));
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

void put_tracer(const StoredSeries& series, DcmItem& data) {
  const Radiopharmaceutical& tracer = series.image.tracer;
  DcmItem* item = nullptr;
  data.findOrCreateSequenceItem(DCM_RadiopharmaceuticalInformationSequence, item);
  put(*item, DCM_Radiopharmaceutical, tracer.name);
  put(*item, DCM_RadiopharmaceuticalStartTime, detail::dicom_time(series.injection));
  put(*item, DCM_RadiopharmaceuticalStartDateTime,
      detail::dicom_date(series.injection) + detail::dicom_time(series.injection));
  if (tracer.injected_activity_MBq) {
    char exponent[32];
    std::snprintf(exponent, sizeof exponent, "%.8e", *tracer.injected_activity_MBq * 1e6);
    put(*item, DCM_RadionuclideTotalDose,
        series.options.dialect == PetDialect::cps ? exponent : ds(*tracer.injected_activity_MBq * 1e6));
  }
  put(*item, DCM_RadionuclideHalfLife, ds(series.half_life_min * 60.0));
  if (tracer.molar_activity_GBq_per_umol)
    put(*item, DCM_RadiopharmaceuticalSpecificActivity, ds(*tracer.molar_activity_GBq_per_umol * 1e9));
  if (const auto code = detail::code_of_nuclide(tracer.radionuclide))
    detail::put_code(*item, DCM_RadionuclideCodeSequence, std::string(code->value), "SRT", std::string(code->meaning));
  else
    item->insertEmptyElement(DCM_RadionuclideCodeSequence);
}

// What the dialect takes for Frame Reference Time, after the series time.
double frame_reference_ms(const StoredSeries& series, const StoredFrame& frame) {
  const double start_ms = 1e3 * detail::seconds_between(series.series_time, frame.start);
  switch (dialect(series).frame_reference) {
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
  if (dialect(series).activity_factor > 0.0) {
    item.putAndInsertString(DcmTag(0x7053, 0x0010, EVR_LO), "Philips PET Private Group");
    item.putAndInsertString(DcmTag(0x7053, 0x1009, EVR_DS), ds(dialect(series).activity_factor).c_str());
  }
}

void put_image(const StoredSeries& series, std::size_t f, int k, DcmItem& item) {
  const Grid& grid = series.image.grid;
  const StoredFrame& frame = series.frames[f];
  const int slice = series.is_along_normal ? k : grid.size[2] - 1 - k;
  const auto index = static_cast<std::uint16_t>(static_cast<int>(f) * grid.size[2] + slice + 1);
  put(item, DCM_SOPClassUID, UID_PositronEmissionTomographyImageStorage);
  put(item, DCM_SOPInstanceUID, uid_from(series.options.uid_seed, "instance " + std::to_string(index)));
  put(item, DCM_ImageType, "ORIGINAL\\PRIMARY");
  put(item, DCM_InstanceNumber, std::to_string(index));
  put(item, DCM_ImageIndex, index);
  put_date_time(item, DCM_ContentDate, DCM_ContentTime, frame.start);
  put_date_time(item, DCM_AcquisitionDate, DCM_AcquisitionTime, frame.start);
  put(item, DCM_ActualFrameDuration, std::to_string(frame.duration_ms));
  put(item, DCM_FrameReferenceTime, ds(frame_reference_ms(series, frame)));
  if (series.options.decay_correction != Found::none)
    put(item, DCM_DecayFactor, ds(frame.decay_factor, dialect(series).digits));
  put(item, DCM_ImagePositionPatient, ds(grid.position_mm(0, 0, k)));
  put(item, DCM_ImageOrientationPatient, ds(series.row) + "\\" + ds(series.column));
  put(item, DCM_PixelSpacing, ds(series.row_spacing_mm) + "\\" + ds(series.column_spacing_mm));
  put(item, DCM_SliceThickness, ds(series.slice_spacing_mm));
}

// A slope of so many digits, none smaller than it has to be.
std::string slope_digits(double slope, int digits) {
  const std::string text = ds(slope, digits);
  if (digits == 0 || detail::parse_number(text).value() >= slope) return text;
  return ds(slope * (1.0 + std::pow(10.0, 1 - digits)), digits);
}

void put_pixels(const StoredSeries& series, std::size_t f, int k, DcmItem& item) {
  const Grid& grid = series.image.grid;
  const std::size_t count = static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(grid.size[1]);
  const auto values = series.image.frame(f).subspan(static_cast<std::size_t>(k) * count, count);
  const double factor = dialect(series).activity_factor;
  const double to_stored_Bq = Bq_per_kBq * series.frames[f].factor / (factor > 0.0 ? factor : 1.0);
  double largest = 0.0;
  for (const float value : values) largest = std::max(largest, std::abs(static_cast<double>(value)));
  // The slope that quantises is the one that a reader gets from the text.
  const std::string slope_text =
      largest > 0.0 ? slope_digits(largest * to_stored_Bq / largest_stored, dialect(series).digits) : "1";
  const double scale = to_stored_Bq / detail::parse_number(slope_text).value();
  std::vector<Uint16> stored(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double rounded = std::nearbyint(static_cast<double>(values[i]) * scale);
    stored[i] = static_cast<Uint16>(static_cast<Sint16>(std::clamp(rounded, -largest_stored, largest_stored)));
  }
  put(item, DCM_SamplesPerPixel, std::uint16_t{1});
  put(item, DCM_PhotometricInterpretation, "MONOCHROME2");
  put(item, DCM_Rows, static_cast<std::uint16_t>(grid.size[1]));
  put(item, DCM_Columns, static_cast<std::uint16_t>(grid.size[0]));
  put(item, DCM_BitsAllocated, std::uint16_t{16});
  put(item, DCM_BitsStored, std::uint16_t{16});
  put(item, DCM_HighBit, std::uint16_t{15});
  put(item, DCM_PixelRepresentation, static_cast<std::uint16_t>(series.is_signed ? 1 : 0));
  put(item, DCM_RescaleIntercept, "0");
  put(item, DCM_RescaleSlope, slope_text);
  put(item, DCM_LossyImageCompression, "00");
  item.putAndInsertUint16Array(DCM_PixelData, stored.data(), count);
}

std::string file_name(std::size_t frame, int slice) {
  char name[64];
  std::snprintf(name, sizeof name, "frame-%03zu_slice-%03d.dcm", frame + 1, slice + 1);
  return name;
}

}  // namespace

std::vector<std::filesystem::path> write_pet_series(const DynamicImage& image,
                                                    const PetWriteOptions& options,
                                                    const std::filesystem::path& folder) {
  detail::prepare_dcmtk();
  const StoredSeries series = detail::plan_series(image, options);
  std::filesystem::create_directories(folder);

  const auto slices = static_cast<std::size_t>(image.grid.size[2]);
  std::vector<std::filesystem::path> files(slices * image.frames.size());
  parallel_for(files.size(), options.threads, [&](std::size_t i) {
    const std::size_t frame = i / slices;
    const int slice = static_cast<int>(i % slices);
    DcmFileFormat file;
    DcmItem& item = *file.getDataset();
    put_patient_and_study(series, item);
    put_series(series, item);
    put_tracer(series, item);
    put_private(series, item);
    put_image(series, frame, slice, item);
    put_pixels(series, frame, slice, item);
    files[i] = folder / file_name(frame, slice);
    detail::save(file, files[i]);
  });
  return files;
}

}  // namespace pet
