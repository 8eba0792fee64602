// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "kinetic_models/occupancy/table.h"

namespace pet {

/// Throws UsageError where the word occupancy is not for a tracer and drug by the tracer's description. The tracer is
/// the one that is named, or that of the scans (empty: unknown) where there is a description of it.
void require_endpoint(const std::optional<std::string>& tracer,
                      const std::string& of_scans,
                      const std::string& drug,
                      OccupancyMethod method);

}  // namespace pet
