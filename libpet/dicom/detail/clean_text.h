// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace pet::detail {

/// Text of a file as UTF-8 without control characters, each of which becomes '?', so that no text can steer a terminal
/// or spoil a table. `character_set` is the value of Specific Character Set (0008,0005); bytes that it does not explain
/// become '?' as well. Empty: ASCII.
std::string clean_text(std::string_view bytes, std::string_view character_set);

}  // namespace pet::detail
