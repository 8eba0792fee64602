// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/delimited.h"

#include <algorithm>
#include <utility>

#include "libpet/error.h"

namespace pet::detail {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

std::vector<TextLine> text_lines(std::string_view text, const std::string& source) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.find('\0') != std::string_view::npos) throw bad_input(source, "binary data or UTF-16", "a table in UTF-8");
  std::vector<TextLine> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    line = line.substr(0, line.find('#'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!trimmed(line).empty()) lines.push_back({number, line});
  }
  return lines;
}

char separator_of(std::string_view titles) {
  for (const char separator : {'\t', ',', ';'})
    if (titles.find(separator) != std::string_view::npos) return separator;
  return ' ';
}

std::vector<std::string> cells_of(std::string_view line, char separator) {
  std::vector<std::string> cells;
  if (separator == ' ') {
    for (std::size_t start = line.find_first_not_of(" \t"); start != std::string_view::npos;) {
      const std::size_t end = std::min(line.find_first_of(" \t", start), line.size());
      cells.emplace_back(line.substr(start, end - start));
      start = line.find_first_not_of(" \t", end);
    }
    return cells;
  }
  while (true) {
    const std::size_t end = std::min(line.find(separator), line.size());
    const std::string_view cell = trimmed(line.substr(0, end));
    cells.emplace_back(cell.empty() ? "n/a" : cell);
    if (end == line.size()) return cells;
    line.remove_prefix(end + 1);
  }
}

bool is_tab_separated(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  return first.find('\t') != std::string_view::npos || separator_of(first) == ' ';
}

Tsv delimited_table(std::string_view text, const std::string& source) {
  const std::vector<TextLine> lines = text_lines(text, source);
  if (lines.empty()) throw bad_input(source, "an empty file", "a line of titles and rows");
  const char separator = separator_of(lines.front().text);
  std::vector<std::vector<std::string>> cells;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    cells.push_back(cells_of(lines[i].text, separator));
    numbers.push_back(lines[i].number);
  }
  return Tsv::from_cells(source, cells_of(lines.front().text, separator), std::move(cells), std::move(numbers));
}

Title title_of(const std::string& cell) {
  const std::size_t open = cell.rfind('[');
  if (open == std::string::npos || !cell.ends_with(']')) return {cell, ""};
  return {std::string(trimmed(std::string_view(cell).substr(0, open))), cell.substr(open + 1, cell.size() - open - 2)};
}

}  // namespace pet::detail
