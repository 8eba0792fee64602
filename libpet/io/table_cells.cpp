// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>

#include "libpet/error.h"
#include "libpet/io/detail/table_cells.h"

namespace pet::detail {

std::string finite_cell(std::optional<double> value) {
  return value && std::isfinite(*value) ? format_number(*value) : "n/a";
}

std::string bound_cell(std::optional<double> value) {
  return value ? format_number(*value) : "n/a";
}

std::optional<double> bound(const Tsv& tsv, std::size_t row, std::size_t column) {
  const std::string& text = tsv.cell(row, column);
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  return tsv.number(row, column);
}

std::string joined_flags(const std::vector<std::string>& flags) {
  std::string text;
  for (const std::string& flag : flags) text.append(text.empty() ? "" : ";").append(flag);
  return text.empty() ? "n/a" : text;
}

std::vector<std::string> split_flags(std::string_view cell) {
  std::vector<std::string> flags;
  if (cell == "n/a") return flags;
  while (!cell.empty()) {
    const std::size_t end = std::min(cell.find(';'), cell.size());
    if (end > 0) flags.emplace_back(cell.substr(0, end));
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return flags;
}

std::string text_cell(const Tsv& tsv, std::size_t row, std::optional<std::size_t> column) {
  if (!column || tsv.cell(row, *column) == "n/a") return "";
  return tsv.cell(row, *column);
}

int index_cell(const Tsv& tsv, std::size_t row, std::optional<std::size_t> column) {
  if (!column) return static_cast<int>(row) + 1;
  const double index = tsv.required_number(row, *column);
  if (index != std::floor(index) || std::abs(index) > std::numeric_limits<int>::max())
    throw bad_input(tsv.where(row, *column), "'" + tsv.cell(row, *column) + "'", "a whole number");
  return static_cast<int>(index);
}

}  // namespace pet::detail
