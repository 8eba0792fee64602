// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/scan_description.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <map>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/identity.h"
#include "libpet/dicom/detail/read_series.h"
#include "libpet/dicom/detail/series.h"
#include "libpet/error.h"

namespace pet {
namespace {

using detail::Dataset;
using detail::DateTime;

// The first file of every frame, by start.
std::map<DateTime, const detail::Instance*> first_slices(const detail::Series& series) {
  std::map<DateTime, const detail::Instance*> first;
  for (const detail::Instance& instance : series.instances) {
    if (!instance.problem.empty()) throw InputError(instance.problem);
    first.try_emplace(instance.start, &instance);
  }
  return first;
}

// A number of a description that nothing depends on: malformed is as good as missing.
std::optional<double> number(const Dataset& data, const DcmTagKey& tag) {
  try {
    const auto value = data.number(tag);
    return value && *value > 0.0 ? value : std::nullopt;
  } catch (const InputError&) {
    return std::nullopt;
  }
}

// Empty, with a warning, where it says who was scanned.
std::string text_of(const Dataset& data, const DcmTagKey& tag, std::vector<std::string>& warnings) {
  std::string value = data.text(tag);
  if (!data.identity()->is_repeated_in(value)) return value;
  warnings.push_back(DcmTag(tag).getTagName() + std::string(" repeats the patient's name or ID and was left out"));
  return "";
}

void read_texts(const Dataset& data, ScanDescription& scan) {
  const auto text = [&](const DcmTagKey& tag) { return text_of(data, tag, scan.warnings); };
  scan.manufacturer = text(DCM_Manufacturer);
  scan.model_name = text(DCM_ManufacturerModelName);
  scan.software_versions = text(DCM_SoftwareVersions);
  scan.body_part = text(DCM_BodyPartExamined);
  scan.image_type = text(DCM_ImageType);
  scan.reconstruction = text(DCM_ReconstructionMethod);
  scan.convolution_kernel = text(DCM_ConvolutionKernel);
  scan.attenuation_method = text(DCM_AttenuationCorrectionMethod);
  scan.scatter_method = text(DCM_ScatterCorrectionMethod);
  scan.randoms_method = text(DCM_RandomsCorrectionMethod);
  scan.corrections = data.text(DCM_CorrectedImage);
}

// The end of the injection: a time without a date is the first one after its start.
void read_injection(const Dataset& data, ScanDescription& scan) {
  const auto item = data.first_item(DCM_RadiopharmaceuticalInformationSequence);
  if (!item) return;
  scan.administration_route = text_of(*item, DCM_RadiopharmaceuticalRoute, scan.warnings);
  scan.injected_volume_mL = number(*item, DCM_RadiopharmaceuticalVolume);
  try {
    const auto offset = data.utc_offset_min();
    std::optional<DateTime> stop = item->local_date_time(DCM_RadiopharmaceuticalStopDateTime, offset);
    const auto start = item->local_date_time(DCM_RadiopharmaceuticalStartDateTime, offset);
    const auto clock = item->time_of_day(DCM_RadiopharmaceuticalStopTime);
    if (!stop && start && clock) {
      stop = DateTime{detail::day_of(*start).us + *clock};
      if (*stop < *start) stop->us += detail::us_per_day;
    }
    if (stop) scan.injection_stop = detail::iso_text(*stop);
  } catch (const InputError& error) {
    scan.warnings.emplace_back(error.what());
  }
}

void read_scatter_fractions(const std::map<DateTime, const detail::Instance*>& frames, ScanDescription& scan) {
  for (const auto& [start, slice] : frames) {
    const detail::FileHeader header = detail::read_file_header(slice->file);
    const auto fraction = number(Dataset(header.elements, slice->file.string()), DCM_ScatterFractionFactor);
    if (!fraction || *fraction > 1.0) break;
    scan.scatter_fractions.push_back(*fraction);
  }
  if (scan.scatter_fractions.size() != frames.size()) scan.scatter_fractions.clear();
}

ScanDescription describe(const detail::Series& series) {
  const auto frames = first_slices(series);
  const detail::FileHeader header = detail::read_file_header(frames.begin()->second->file);
  const Dataset data(header.elements, frames.begin()->second->file.string());

  ScanDescription scan;
  scan.series_uid = series.first().series_uid;
  scan.scan_start = detail::iso_text(frames.begin()->first);
  read_texts(data, scan);
  read_injection(data, scan);
  scan.dose_calibration_factor = number(data, DCM_DoseCalibrationFactor);
  scan.body_weight_kg = number(data, DCM_PatientWeight);
  read_scatter_fractions(frames, scan);
  return scan;
}

}  // namespace

DescribedScan::DescribedScan(const std::filesystem::path& folder, const PetReadOptions& options) {
  const detail::Scan files = detail::scan_for_pet({folder}, options.threads);
  series_ = std::make_unique<const detail::PlacedSeries>(
      detail::choose_series(files, options.series_uid, folder.string()), options);
  description_ = describe(series_->series());
}

DescribedScan::~DescribedScan() = default;

const DynamicImage& DescribedScan::image() const {
  return series_->image();
}

void DescribedScan::read_stored_slice(std::size_t frame, std::size_t slice, std::span<float> values) const {
  series_->read_stored_slice(frame, slice, values);
}

}  // namespace pet
