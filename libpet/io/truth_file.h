// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/provenance.h"
#include "libpet/study.h"
#include "libpet/study_truth.h"

namespace pet {

/// `truth.tsv` of a simulated study: one row a session and region (docs/formats/study.md).
std::string truth_table_text(const std::vector<RegionTruth>& truth);

/// `truth.json`: units of the columns, and what is true of the study and its sessions: tracer, drug, occupancy, blood
/// curves, level of noise, and where the numbers come from.
std::string truth_text(const Study& study, double noise_alpha, const Provenance& provenance);

}  // namespace pet
