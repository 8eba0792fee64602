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

/// The shortest text that reads back as `value`, or where that has more than the 16 characters of a Decimal String, the
/// nearest that has not: within 5e-10 of the value, and 5e-9 where the exponent has three digits.
std::string decimal_string(double value);

}  // namespace pet::detail
