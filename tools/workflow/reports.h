// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tools/workflow/app.h"

namespace pet {

/// Where the page about one participant, and that about the group, are to be made of the results. The only call sites
/// are at the end of run_participant and run_group; there is no command yet that makes one.
inline void make_subject_report(const AppRun& /*run*/, const std::string& /*label*/) {}
inline void make_group_report(const AppRun& /*run*/) {}

}  // namespace pet
