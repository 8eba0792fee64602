// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/reference_region.h"

#include <utility>

namespace pet {

ReferenceRegion::ReferenceRegion(TimeActivityCurve tac, Sampling sampling)
    : tac_(std::move(tac)), sampling_(sampling), input_(measured_curve(tac_, sampling), tac_.frames, sampling) {}

}  // namespace pet
