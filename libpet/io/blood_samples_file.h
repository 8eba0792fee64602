// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "libpet/blood/input_function.h"
#include "libpet/provenance.h"

namespace pet {

/// Measured blood samples as a BIDS `_blood.tsv`: `time` in seconds after injection, then those of
/// `plasma_radioactivity whole_blood_radioactivity` (Bq/mL) and `metabolite_parent_fraction` that there are.
std::string blood_samples_text(const InputFunction& samples);

/// Its sidecar: PlasmaAvail, WholeBloodAvail, MetaboliteAvail, DispersionCorrected, columns with their units. `method`
/// is MetaboliteMethod.
std::string blood_samples_sidecar_text(const InputFunction& samples,
                                       const std::string& method,
                                       const Provenance& provenance);

}  // namespace pet
