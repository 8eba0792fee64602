// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "libpet/tac_table.h"

namespace pet::detail {

bool is_pmod_tac(const std::string& path);  ///< by the extension .tac
/// `start[seconds]  end[kBq/cc]  REGION...`: the unit after `end` is the activity unit of every region. Ends and starts
/// within 2 ms of each other are one time. The tracer comes from FILE.json, if there is one.
TacTable read_pmod_tacs(const std::string& path);

}  // namespace pet::detail
