// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "libpet/study.h"

namespace pet {

/// Reads the description of a study to simulate (docs/formats/study.md). A tracer given by name is looked up in the
/// data folder. Every key is checked: throws InputNotFound, or InputError "FILE at PATH: found ..., expected ..." for
/// an unknown key (with the nearest known one), a missing key, a wrong type, a value out of range, or parts that do not
/// fit together.
Study read_study(const std::string& path);

}  // namespace pet
