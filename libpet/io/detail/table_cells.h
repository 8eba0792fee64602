// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/io/tsv.h"

namespace pet::detail {

/// A finite number, else "n/a".
std::string finite_cell(std::optional<double> value);
/// A number that may be infinite (the bound of an interval), else "n/a".
std::string bound_cell(std::optional<double> value);
/// The cell as a number, "inf" or "-inf"; "n/a" gives nothing.
std::optional<double> bound(const Tsv& tsv, std::size_t row, std::size_t column);

std::string joined_flags(const std::vector<std::string>& flags);
std::vector<std::string> split_flags(std::string_view cell);

/// The text of a cell, with "n/a" as empty text.
std::string text_cell(const Tsv& tsv, std::size_t row, std::optional<std::size_t> column);
/// A whole number; where there is no such column, the row counted from 1.
int index_cell(const Tsv& tsv, std::size_t row, std::optional<std::size_t> column);

}  // namespace pet::detail
