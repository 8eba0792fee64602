// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "libpet/study.h"
#include "libpet/study_truth.h"

namespace pet {

/// The parameters of every labelled region in every session, session by session, regions in order of their labels.
std::vector<RegionTruth> study_truth(const Study& study);

}  // namespace pet
