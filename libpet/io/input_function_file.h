// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "libpet/blood/input_function.h"
#include "libpet/provenance.h"

namespace pet {

/// Reads a bloodstream `_inputfunction.tsv`: `time` in seconds, `AIF`, and, where present,
/// `whole_blood_radioactivity plasma_radioactivity metabolite_parent_fraction`. Units come from the sidecar (same name,
/// .json; else `inputfunction.json` in the folder); "Bq" there means Bq/mL and strings may be wrapped in lists. Without
/// a sidecar or unit throws InputError that says how to state it. Times must increase strictly, parent fractions lie
/// from 0 to 1, and no cell may be missing. PMOD `.bld` and `.crv`: `plasma-corrected`, or a `plasma` without a parent
/// fraction, which PMOD takes as the input curve too; whole blood, if there, at the same times.
InputFunction read_input_function(const std::string& path);

std::string input_function_text(const InputFunction& input);  ///< seconds and Bq/mL
/// Its sidecar: columns with their units, the members of `members_json` (an object: how the curves were made),
/// provenance.
std::string input_function_sidecar_text(const InputFunction& input,
                                        const Provenance& provenance,
                                        const std::string& members_json = "{}");

}  // namespace pet
