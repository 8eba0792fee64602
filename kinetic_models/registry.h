// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "kinetic_models/model.h"

namespace pet {

/// Every model, in the order of the documentation.
std::span<const Model* const> models();

/// The model of that name. Throws UsageError with the nearest name.
const Model& find_model(std::string_view name);

/// "srtm, srtm2, ...".
std::string model_names();

}  // namespace pet
