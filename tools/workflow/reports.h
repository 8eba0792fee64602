// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tools/workflow/app.h"
#include "tools/workflow/step.h"

namespace pet {

/// The page about one participant, `sub-X.html` in the results, made of all files of that participant there.
Step subject_report_step(const AppRun& run, const std::string& label);

/// The page about the group, `group.html`, made of the tables in the results themselves, not of those of participants.
Step group_report_step(const AppRun& run);

/// Makes a page where there is something that it could show; removes one that an earlier run made where there no longer
/// is. Returns the warning that no page could be made, and why;
/// empty: none. Results do not depend on pages, so that this is no failure.
std::string make_report(StepRunner& runner, const Step& step);

}  // namespace pet
