// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "libpet/io/parameter_table.h"
#include "tools/pet_fit_options.h"

namespace pet {

/// The sidecar's account of what was fitted and how.
ParameterSidecar describe_fit(const TableFit& result,
                              const PetFitOptions& options,
                              const TableFitOptions& used,
                              const TacTable& table);

/// Members of the sidecar of a comparison of models, as a JSON object.
std::string comparison_members(const std::string& quantity);

/// The same for a table of results over t*.
std::string t_star_members();

}  // namespace pet
