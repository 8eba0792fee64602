// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "libpet/decay.h"
#include "libpet/dicom/detail/date_time.h"
#include "libpet/io/bids_pet.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/pet_keys.h"
#include "libpet/io/detail/tracer.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

using detail::DateTime;
using detail::Json;

// Seconds as BIDS has them, to the microsecond.
double seconds(double minutes) {
  return *parse_number(format_seconds(minutes));
}

void add(Json& object, const char* key, const std::string& value) {
  if (!value.empty()) object[key] = value;
}

void add_scanner(Json& object, const ScanDescription& scan) {
  add(object, "Manufacturer", scan.manufacturer);
  add(object, "ManufacturersModelName", scan.model_name);
  add(object, "SoftwareVersions", scan.software_versions);
  add(object, "BodyPart", scan.body_part);
}

// What follows from activity and molar activity, both at the time of injection (DICOM PS3.3 C.8.9.2), where nobody
// says otherwise. Throws InputError for a half-life that is not that of the nuclide.
void add_amounts(Json& object) {
  const Radiopharmaceutical tracer = detail::tracer_of(detail::Sidecar::parse(object.dump(), "sidecar"));
  if (!tracer.molar_activity_GBq_per_umol) return;
  if (!object.contains("SpecificRadioactivity")) {
    object["SpecificRadioactivity"] = *tracer.molar_activity_GBq_per_umol;
    object["SpecificRadioactivityUnits"] = "GBq/umol";
  }
  if (object.contains("InjectedMass") || !tracer.injected_activity_MBq) return;
  object["InjectedMass"] = *tracer.injected_activity_MBq * 1e-3 / *tracer.molar_activity_GBq_per_umol;
  object["InjectedMassUnits"] = "umol";
}

void add_injection(Json& object, const DynamicImage& image, const ScanDescription& scan) {
  if (scan.injected_volume_mL) object["InjectedVolume"] = *scan.injected_volume_mL;
  if (scan.body_weight_kg) {
    object["BodyWeight"] = *scan.body_weight_kg;
    object["BodyWeightUnits"] = "kg";
  }
  const std::string& zero = image.time_zero.empty() ? scan.scan_start : image.time_zero;
  constexpr std::int64_t half_second_us = 500'000;
  if (const auto time = detail::parse_iso_date_time(zero))
    object["TimeZero"] = detail::iso_text(DateTime{time->us + half_second_us}).substr(11, 8);
  object["ScanStart"] = seconds(image.frames.front().start_min);
  if (image.time_zero.empty()) return;
  object["InjectionStart"] = 0;
  const auto start = detail::parse_iso_date_time(image.time_zero);
  const auto stop = detail::parse_iso_date_time(scan.injection_stop);
  if (start && stop && *stop >= *start) object["InjectionEnd"] = seconds(detail::seconds_between(*start, *stop) / 60.0);
}

void add_frames(Json& object, const DynamicImage& image) {
  object["FrameTimesStart"] = Json::array();
  object["FrameDuration"] = Json::array();
  for (const Frame& frame : image.frames) {
    object["FrameTimesStart"].push_back(seconds(frame.start_min));
    object["FrameDuration"].push_back(seconds(frame.duration_min()));
  }
}

void add_decay(Json& object, const DynamicImage& image) {
  object["ImageDecayCorrected"] = image.decay.reference_min.has_value();
  if (!image.decay.reference_min) return;
  const double reference_min = *image.decay.reference_min;
  object["ImageDecayCorrectionTime"] = seconds(reference_min);
  if (!image.tracer.half_life_min) return;
  object["DecayCorrectionFactor"] = Json::array();
  for (const Frame& frame : image.frames)
    object["DecayCorrectionFactor"].push_back(
        frame_decay_factor(frame.start_min, frame.end_min, *image.tracer.half_life_min, reference_min));
}

void add_reconstruction(Json& object, const ScanDescription& scan) {
  const Reconstruction reconstruction = parse_reconstruction(scan.reconstruction);
  add(object, "ReconMethodName", reconstruction.name);
  if (!reconstruction.labels.empty()) object["ReconMethodParameterLabels"] = reconstruction.labels;
  if (!reconstruction.values.empty()) {
    object["ReconMethodParameterUnits"] = reconstruction.units;
    object["ReconMethodParameterValues"] = reconstruction.values;
  }
  const ReconstructionFilter filter = parse_filter(scan.convolution_kernel);
  add(object, "ReconFilterType", filter.type);
  if (filter.size_mm) object["ReconFilterSize"] = *filter.size_mm;
}

void add_corrections(Json& object, const ScanDescription& scan) {
  const bool is_attenuation_corrected = ("\\" + scan.corrections + "\\").find("\\ATTN\\") != std::string::npos;
  if (!scan.attenuation_method.empty())
    object["AttenuationCorrection"] = scan.attenuation_method;
  else if (is_attenuation_corrected)
    object["AttenuationCorrection"] = "corrected (the header does not say by which method)";
  add(object, "ScatterCorrectionMethod", scan.scatter_method);
  add(object, "RandomsCorrectionMethod", scan.randoms_method);
  if (!scan.scatter_fractions.empty()) {
    object["ScatterFraction"] = Json::array();
    for (const double fraction : scan.scatter_fractions) object["ScatterFraction"].push_back(100.0 * fraction);
  }
  if (scan.dose_calibration_factor) object["DoseCalibrationFactor"] = *scan.dose_calibration_factor;
}

// Keys in the order of the list, then all others in their own.
Json in_order(const Json& object) {
  Json sorted = Json::object();
  for (const detail::PetKey& key : detail::pet_keys())
    if (const auto found = object.find(std::string(key.name)); found != object.end()) sorted[found.key()] = *found;
  for (const auto& [name, value] : object.items()) sorted[name] = value;
  return sorted;
}

// What PET-BIDS lets one call "n/a", for not every tracer has it.
void fill_not_available(Json& object, PetSidecar& sidecar) {
  for (const std::string key : {"InjectedMass", "SpecificRadioactivity"}) {
    if (object.contains(key)) continue;
    object[key] = "n/a";
    object[key + "Units"] = "n/a";
    sidecar.not_available.push_back(key);
  }
}

bool lists_none(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return false;
  return *found == "none" || (found->is_array() && std::ranges::find(*found, Json("none")) != found->end());
}

void find_missing(const Json& object, PetSidecar& sidecar) {
  const auto require = [&](std::string_view name) {
    if (!object.contains(std::string(name))) sidecar.missing.emplace_back(name);
  };
  for (const detail::PetKey& key : detail::pet_keys())
    if (key.is_required) require(key.name);
  if (object.contains("ReconMethodParameterLabels") && !lists_none(object, "ReconMethodParameterLabels")) {
    require("ReconMethodParameterUnits");
    require("ReconMethodParameterValues");
  }
  if (object.contains("ReconFilterType") && !lists_none(object, "ReconFilterType")) require("ReconFilterSize");
  const auto mode = object.find("ModeOfAdministration");
  if (mode != object.end() && *mode == "bolus-infusion")
    for (const char* key :
         {"InfusionRadioactivity", "InfusionStart", "InfusionSpeed", "InfusionSpeedUnits", "InjectedVolume"})
      require(key);
}

}  // namespace

PetSidecar pet_sidecar(const DynamicImage& image,
                       const ScanDescription& scan,
                       const std::string& given_json,
                       const Provenance& provenance) {
  Json object = Json::object();
  add_scanner(object, scan);
  object["Units"] = "Bq/mL";
  detail::add_tracer(object, image.tracer);
  add_injection(object, image, scan);
  add_frames(object, image);
  add_decay(object, image);
  // Of the stored integers: the image holds what they stand for.
  object["ScaleFactor"] = std::vector<int>(image.frames.size(), 1);
  add_reconstruction(object, scan);
  add_corrections(object, scan);
  add(object, "SeriesDescription", image.description);
  add(object, "DecayCorrectionEvidence", image.decay.evidence);
  PetSidecar sidecar;
  const Json given = detail::object_from(given_json);
  for (const auto& [name, value] : given.items()) {
    if (object.contains(name) && object[name] != value) sidecar.replaced.push_back(name);
    object[name] = value;
  }
  add_amounts(object);
  fill_not_available(object, sidecar);
  find_missing(object, sidecar);
  object = in_order(object);
  detail::add_provenance(object, provenance);
  sidecar.text = detail::text_of(object);
  return sidecar;
}

}  // namespace pet
