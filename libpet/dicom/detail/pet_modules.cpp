// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/pet_modules.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "libpet/dicom/detail/number_text.h"
#include "libpet/dicom/detail/radionuclide.h"
#include "libpet/error.h"
#include "libpet/io/output_files.h"

namespace pet::detail {
namespace {

constexpr double Bq_per_kBq = 1e3;
constexpr double largest_stored = 32767.0;

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

// A slope of so many digits, none smaller than it has to be.
std::string slope_digits(double slope, int digits) {
  const std::string text = digits_of(slope, digits);
  if (digits == 0 || parse_number(text).value() >= slope) return text;
  return digits_of(slope * (1.0 + std::pow(10.0, 1 - digits)), digits);
}

}  // namespace

const Dialect& dialect_of(const StoredSeries& series) {
  return dialect_of(series.options.dialect);
}

std::string digits_of(double value, int digits) {
  if (digits == 0) return decimal_string(value);
  char text[32];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

std::string values_of(const Vector3& v) {
  return decimal_string(v[0]) + "\\" + decimal_string(v[1]) + "\\" + decimal_string(v[2]);
}

void put_date_time(DcmItem& item, const DcmTagKey& date, const DcmTagKey& time, DateTime value) {
  put(item, date, dicom_date(value));
  put(item, time, dicom_time(value));
}

void put_patient_and_study(const StoredSeries& series, DcmItem& item) {
  const PetWriteOptions& options = series.options;
  put(item, DCM_SpecificCharacterSet, "ISO_IR 192");
  put(item, DCM_PatientName, "SIMULATED^" + options.patient_id);
  put(item, DCM_PatientID, options.patient_id);
  put(item, DCM_PatientBirthDate, "");
  put(item, DCM_PatientSex, "");
  put(item, DCM_PatientWeight, options.dialect == PetDialect::cps ? "0" : decimal_string(options.patient_weight_kg));
  put(item, DCM_StudyInstanceUID, uid_from(or_seed(options.study_key, options), "study"));
  put_date_time(item, DCM_StudyDate, DCM_StudyTime, std::min(series.injection, series.frames.front().start));
  put(item, DCM_ReferringPhysicianName, "");
  put(item, DCM_StudyID, "1");
  put(item, DCM_AccessionNumber, "");
}

void put_series_and_equipment(const StoredSeries& series, DcmItem& item) {
  const PetWriteOptions& options = series.options;
  std::string description = options.series_description.empty() ? series.image.description : options.series_description;
  if (!options.drug.empty()) description += (description.empty() ? "" : " ") + options.drug;
  put(item, DCM_Modality, "PT");
  put(item, DCM_SeriesInstanceUID, uid_from(options.uid_seed, "series"));
  put(item, DCM_SeriesNumber, std::to_string(options.series_number));
  put(item, DCM_SeriesDescription, long_string(description));
  put_date_time(item, DCM_SeriesDate, DCM_SeriesTime, series.series_time);
  put(item, DCM_BodyPartExamined, "BRAIN");
  put(item, DCM_Manufacturer, std::string(dialect_of(series).manufacturer));
  put(item, DCM_ManufacturerModelName, std::string(dialect_of(series).model));
  put(item, DCM_FrameOfReferenceUID, uid_from(or_seed(options.frame_of_reference_key, options), "frame of reference"));
  put(item, DCM_PositionReferenceIndicator, "");
}

DcmItem& put_tracer(const StoredSeries& series, double activity_unit_Bq, DcmItem& data) {
  const Radiopharmaceutical& tracer = series.image.tracer;
  DcmItem* item = nullptr;
  if (data.findOrCreateSequenceItem(DCM_RadiopharmaceuticalInformationSequence, item).bad())
    throw OutputError("a radiopharmaceutical item cannot be made");
  put(*item, DCM_Radiopharmaceutical, tracer.name);
  put(*item, DCM_RadiopharmaceuticalStartTime, dicom_time(series.injection));
  put(*item, DCM_RadiopharmaceuticalStartDateTime, dicom_date(series.injection) + dicom_time(series.injection));
  if (tracer.injected_activity_MBq) {
    const double activity = *tracer.injected_activity_MBq * 1e6 / activity_unit_Bq;
    char exponent[32];
    std::snprintf(exponent, sizeof exponent, "%.8e", activity);
    put(*item, DCM_RadionuclideTotalDose,
        series.options.dialect == PetDialect::cps ? exponent : decimal_string(activity));
  }
  put(*item, DCM_RadionuclideHalfLife, decimal_string(series.half_life_min * 60.0));
  if (tracer.molar_activity_GBq_per_umol)
    put(*item, DCM_RadiopharmaceuticalSpecificActivity, decimal_string(*tracer.molar_activity_GBq_per_umol * 1e9));
  if (const auto code = code_of_nuclide(tracer.radionuclide))
    put_code(*item, DCM_RadionuclideCodeSequence, std::string(code->value), "SRT", std::string(code->meaning));
  else
    item->insertEmptyElement(DCM_RadionuclideCodeSequence);
  return *item;
}

StoredSlice stored_slice(const StoredSeries& series, std::size_t frame, int slice) {
  const Grid& grid = series.image.grid;
  const std::size_t count = static_cast<std::size_t>(grid.size[0]) * static_cast<std::size_t>(grid.size[1]);
  const auto values = series.image.frame(frame).subspan(static_cast<std::size_t>(slice) * count, count);
  const double factor = dialect_of(series).activity_factor;
  const double to_stored_Bq = Bq_per_kBq * series.frames[frame].factor / (factor > 0.0 ? factor : 1.0);
  double largest = 0.0;
  for (const float value : values) largest = std::max(largest, std::abs(static_cast<double>(value)));
  StoredSlice stored;
  // The slope that quantises is the one that a reader gets from the text.
  stored.slope = largest > 0.0 ? slope_digits(largest * to_stored_Bq / largest_stored, dialect_of(series).digits) : "1";
  const double scale = to_stored_Bq / parse_number(stored.slope).value();
  stored.values.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double rounded = std::nearbyint(static_cast<double>(values[i]) * scale);
    stored.values[i] = static_cast<Uint16>(static_cast<Sint16>(std::clamp(rounded, -largest_stored, largest_stored)));
  }
  return stored;
}

void put_pixel_description(const StoredSeries& series, DcmItem& item) {
  const Grid& grid = series.image.grid;
  put(item, DCM_SamplesPerPixel, std::uint16_t{1});
  put(item, DCM_PhotometricInterpretation, "MONOCHROME2");
  put(item, DCM_Rows, static_cast<std::uint16_t>(grid.size[1]));
  put(item, DCM_Columns, static_cast<std::uint16_t>(grid.size[0]));
  put(item, DCM_BitsAllocated, std::uint16_t{16});
  put(item, DCM_BitsStored, std::uint16_t{16});
  put(item, DCM_HighBit, std::uint16_t{15});
  put(item, DCM_PixelRepresentation, static_cast<std::uint16_t>(series.is_signed ? 1 : 0));
  put(item, DCM_LossyImageCompression, "00");
}

int place_along_normal(const StoredSeries& series, int k) {
  return series.is_along_normal ? k : series.image.grid.size[2] - 1 - k;
}

}  // namespace pet::detail
