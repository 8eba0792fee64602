// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "libpet/provenance.h"

namespace pet {

/// The text of a JSON sidecar: the members of `members_json` (an object) in their order, then SoftwareName,
/// SoftwareVersion, CommandLine, Sources and SourcesSHA256. Throws std::invalid_argument for text that is no object.
std::string sidecar_text(const std::string& members_json, const Provenance& provenance);

}  // namespace pet
