// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "kinetic_models/blood/process_blood.h"

namespace pet {

/// How an input function was made, as the members of its sidecar (a JSON object): models, parameters with standard
/// errors, the AICc table, dispersion, delay, what happens after the last sample, and notes.
std::string blood_report_json(const ProcessedBlood& processed, const BloodOptions& options);

}  // namespace pet
