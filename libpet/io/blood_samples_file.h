// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/blood/input_function.h"
#include "libpet/blood/samples.h"
#include "libpet/provenance.h"

namespace pet {

/// Units that a person states for files that state none. A file that states another one is refused: one of the two is
/// wrong. Empty: nothing is stated, and a file without a unit of activity is refused.
struct BloodUnits {
  std::string activity;  ///< "kBq/mL", "Bq/mL", ...
  std::string time;      ///< "s" or "min"
};

/// Reads the blood of one scan from one or several files, such as a manual and an autosampler recording.
///
/// BIDS `_blood.tsv` with its sidecar (FILE.json): `time` in seconds, and those of `whole_blood_radioactivity
/// plasma_radioactivity AIF plasma_to_blood_ratio metabolite_parent_fraction` that there are; "n/a" is no sample. The
/// sidecar states the unit of each column ("Bq" means Bq/mL). Times are moved to count from the InjectionStart of the
/// `_pet.json` in the folder. PMOD `.bld` and `.crv`: units in brackets after the
/// titles, the first column time (docs/formats.md).
///
/// Whole blood is the autosampler's where the name says `recording-autosampler`, or where the name says no recording
/// and the file holds nothing but whole blood, at least 60 samples at most 5 s apart (median). Throws InputError with
/// file and line for times out of order, two values at one time, parent fractions outside 0 to 1, units that are
/// missing or that cannot hold for two curves of one scan (near 1000 between them), one curve in two files. Negative
/// activities stay. What was dropped, decided or looks odd is told in `notes`.
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
