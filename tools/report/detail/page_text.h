// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace pet::detail {

// Texts that come from other files of the source tree (tools/report/CMakeLists.txt), so that nothing is written twice.

extern const std::string_view page_style;        ///< page/report.css
extern const std::string_view page_script;       ///< page/report.js
extern const std::string_view viewer_style;      ///< page/viewer.css
extern const std::string_view viewer_script;     ///< page/viewer.js
extern const std::string_view scripts_lock;      ///< assets.lock
extern const std::string_view documented_flags;  ///< the sections on statuses and flags of docs/nomenclature.md

}  // namespace pet::detail
