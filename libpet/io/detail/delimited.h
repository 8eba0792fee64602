// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/io/tsv.h"

namespace pet::detail {

struct TextLine {
  std::size_t number;  ///< from 1
  std::string_view text;
};

/// Lines that hold something, without their ends, a byte-order mark and comments from '#' on. Throws InputError for
/// binary data.
std::vector<TextLine> text_lines(std::string_view text, const std::string& source);
/// Cells between tabs, or commas, or semicolons, whichever the title has first in this order, else between blanks.
char separator_of(std::string_view titles);
std::vector<std::string> cells_of(std::string_view line, char separator);
bool is_tab_separated(std::string_view text);

/// A table whose separator its first line tells. Cells are trimmed; empty ones read "n/a".
Tsv delimited_table(std::string_view text, const std::string& source);

/// "end[kBq/cc]" as name and unit; without brackets the unit is empty.
struct Title {
  std::string name;
  std::string unit;
};
Title title_of(const std::string& cell);

}  // namespace pet::detail
