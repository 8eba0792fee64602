// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/io/tsv.h"

namespace pet::detail::pmod {

/// The cells of one line, without blanks around them: separated by tabs where it has one, else by semicolons or commas,
/// else by runs of blanks. Hand-made files have a title line with blanks over rows with commas.
std::vector<std::string> split_cells(std::string_view line);
/// A table whose lines are separated in any of these ways. Line numbers stay. Throws as Tsv::parse does.
Tsv delimited_table(std::string_view text, const std::string& source);
std::vector<std::string_view> lines_of(std::string_view text);
std::string lower_case(std::string_view text);

/// "end[kBq/cc]" as name and unit; a title without brackets has no unit.
struct Title {
  std::string name;
  std::optional<std::string> unit;
};
Title title_of(const std::string& cell);
/// Seconds in one of PMOD's tokens of time: those of in_s, hours.
std::optional<double> pmod_seconds(std::string_view unit);
/// Seconds in the unit of a title, else in `stated`. Throws InputError at `where` for another unit than stated, an
/// unknown one, or none at all.
double time_unit(const Title& title, const std::string& stated, const std::string& where);
/// The same in kBq/mL; `stated` may be "unknown", which gives nothing.
std::optional<double> activity_unit(const Title& title, const std::string& stated, const std::string& where);

}  // namespace pet::detail::pmod
