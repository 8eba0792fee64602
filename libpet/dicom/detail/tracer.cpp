// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/tracer.h"

#include <cmath>

#include "libpet/decay.h"
#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/identity.h"
#include "libpet/dicom/detail/radionuclide.h"

namespace pet::detail {
namespace {

std::string read_radionuclide(const Dataset& item) {
  const auto code = item.first_item(DCM_RadionuclideCodeSequence);
  return code ? nuclide_of_code(code->text(DCM_CodeValue), code->text(DCM_CodeMeaning)) : "";
}

void read_half_life(const Dataset& item, Tracer& tracer) {
  const auto from_table = half_life_of(tracer.drug.radionuclide);
  if (const auto seconds = item.number(DCM_RadionuclideHalfLife)) {
    if (!(*seconds > 0.0))
      throw bad_input(item.where(DCM_RadionuclideHalfLife), std::to_string(*seconds), "a positive number of seconds");
    tracer.drug.half_life_min = *seconds / 60.0;
    constexpr double tolerance = 0.02;  // published half-lives differ by less
    if (from_table && std::abs(*seconds / 60.0 / *from_table - 1.0) > tolerance)
      throw bad_input(item.where(DCM_RadionuclideHalfLife), std::to_string(*seconds) + " s",
                      std::to_string(*from_table * 60.0) + " s of " + tracer.drug.radionuclide + " within 2 %");
  } else if (from_table) {
    tracer.drug.half_life_min = from_table;
    tracer.warnings.push_back("the header gives no half-life; that of " + tracer.drug.radionuclide + " was taken");
  }
}

// In Bq; in MBq in Enhanced PET (DICOM PS3.3 C.8.22.4), and in files of classic PET that have it wrong.
void read_dose(const Dataset& item, bool is_enhanced, Tracer& tracer) {
  const auto dose = item.number(DCM_RadionuclideTotalDose);
  if (!dose) return;
  constexpr double least_Bq = 1e4;
  constexpr double most_MBq = 1e5;
  if (!(*dose > 0.0)) {
    tracer.warnings.emplace_back("the injected activity is not positive and was passed over");
  } else if (is_enhanced && *dose < most_MBq) {
    tracer.drug.injected_activity_MBq = *dose;
  } else if (*dose < least_Bq) {
    tracer.drug.injected_activity_MBq = *dose;
    tracer.warnings.emplace_back("the injected activity is below 10 kBq and was taken to be in MBq");
  } else {
    tracer.drug.injected_activity_MBq = *dose * 1e-6;
    if (is_enhanced) tracer.warnings.emplace_back("the injected activity is above 100 GBq and was taken to be in Bq");
  }
}

void read_injection(const Dataset& file, const Dataset& item, Tracer& tracer) {
  const auto file_offset_min = file.utc_offset_min();
  try {
    tracer.injection = item.local_date_time(DCM_RadiopharmaceuticalStartDateTime, file_offset_min);
    if (!tracer.injection) tracer.injection_clock_us = item.time_of_day(DCM_RadiopharmaceuticalStartTime);
  } catch (const InputError& error) {
    tracer.injection_problem = error.what();
  }
}

}  // namespace

Tracer read_tracer(const std::filesystem::path& path) {
  FileHeader header = read_file_header(path);
  if (!header.is_dicom) throw bad_input(path.string(), "no DICOM object", "one");
  const Dataset file(std::move(header.elements), path.string());
  Tracer tracer;
  const auto item = file.first_item(DCM_RadiopharmaceuticalInformationSequence);
  if (!item) return tracer;
  tracer.drug.name = item->text(DCM_Radiopharmaceutical);
  if (tracer.drug.name.empty())
    if (const auto code = item->first_item(DCM_RadiopharmaceuticalCodeSequence))
      tracer.drug.name = code->text(DCM_CodeMeaning);
  if (file.identity()->is_repeated_in(tracer.drug.name)) {
    tracer.drug.name.clear();
    tracer.warnings.emplace_back(
        "the name of the radiopharmaceutical repeats the patient's name or ID and was left out");
  }
  tracer.drug.radionuclide = read_radionuclide(*item);
  read_half_life(*item, tracer);
  read_dose(*item, file.text(DCM_SOPClassUID) == UID_EnhancedPETImageStorage, tracer);
  // Specific activity is in Bq/umol (DICOM PS3.3 table C.8-60).
  if (const auto activity = item->number(DCM_RadiopharmaceuticalSpecificActivity); activity && *activity > 0.0)
    tracer.drug.molar_activity_GBq_per_umol = *activity * 1e-9;
  read_injection(file, *item, tracer);
  return tracer;
}

}  // namespace pet::detail
