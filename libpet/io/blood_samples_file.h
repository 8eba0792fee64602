// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/blood/input_function.h"
#include "libpet/blood/samples.h"
#include "libpet/provenance.h"

namespace pet {

/// Units that a person states for files that state none. Empty: nothing is known, and a file without is refused. A file
/// that states another unit is an error: one of the two is wrong.
struct BloodUnits {
  std::string activity;  ///< "kBq/mL", "Bq/mL", ...
  std::string time;      ///< "s" or "min"
};

/// Reads the blood of one scan from one or several files, such as a manual and an autosampler recording.
///
/// BIDS `_blood.tsv` with its sidecar (FILE.json): `time` and those of `whole_blood_radioactivity`,
/// `plasma_radioactivity`, `metabolite_parent_fraction` that there are; "n/a" is no sample. The sidecar states the unit
/// of each column ("kBq/mL"; "Bq" means Bq/mL), DispersionCorrected, DispersionConstant and PlasmaFreeFraction. Times
/// are moved to count from the InjectionStart of the `_pet.json` in the folder.
///
/// Whole blood counts as the autosampler's where the name says `recording-autosampler`, or where the name says nothing
/// and the file holds whole blood alone in 60 samples or more that are 5 s apart or less. Throws InputError with file
/// and line for times out of order, two values at one time, parent fractions outside 0 to 1 and units that are missing.
/// What was decided or dropped is told in `notes`.
BloodSamples read_blood_samples(const std::vector<std::string>& paths, const BloodUnits& units = {});

/// Measured blood samples as a BIDS `_blood.tsv`: `time` in seconds after injection, then those of
/// `plasma_radioactivity whole_blood_radioactivity` (Bq/mL) and `metabolite_parent_fraction` that there are.
std::string blood_samples_text(const InputFunction& samples);

/// Its sidecar: PlasmaAvail, WholeBloodAvail, MetaboliteAvail, DispersionCorrected, columns with their units. `method`
/// is MetaboliteMethod.
std::string blood_samples_sidecar_text(const InputFunction& samples,
                                       const std::string& method,
                                       const Provenance& provenance);

}  // namespace pet
