// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tools/report/detail/outputs.h"
#include "tools/report/report.h"

namespace pet::detail {

/// The page that shows the maps of `outputs` in 3-D with the script of NiiVue. It holds the maps (float32, cropped to
/// what is shown) as far as `most_bytes` of base64 go, and names the others. Precondition: there is a map. Throws
/// InputError where each is larger.
std::string viewer_html(const Outputs& outputs,
                        const std::string& title,
                        const ReportScript& niivue,
                        std::size_t most_bytes);

}  // namespace pet::detail
