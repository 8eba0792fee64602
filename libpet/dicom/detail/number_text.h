// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pet::detail {

/// Without the blanks and NULs that pad DICOM values on either side.
std::string_view trimmed(std::string_view text);

/// The values of a multi-valued text, separated by backslashes.
std::vector<std::string_view> split_values(std::string_view text);

/// The number that the whole (trimmed) text is, as DS and IS write it; nothing for anything else, for a comma, for
/// hexadecimal and for what is not finite. Independent of the locale.
std::optional<double> parse_number(std::string_view text);

/// The shortest text that a Decimal String (16 characters) can hold and that is nearest to `value`.
std::string decimal_string(double value);

}  // namespace pet::detail
