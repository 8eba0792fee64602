// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/io/detail/json_node.h"
#include "libpet/tracer.h"

namespace pet::detail {

Tracer tracer_from(const JsonNode& node);
/// "sources": an array of {what, citation, status}.
std::vector<Source> sources_from(const JsonNode& node);
/// "notes": a string or an array of strings.
std::vector<std::string> notes_from(const JsonNode& node);
/// A BIDS label: letters and digits only.
std::string label_from(const JsonNode& node);

}  // namespace pet::detail
