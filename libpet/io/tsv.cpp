// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/tsv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "libpet/error.h"
#include "libpet/io/detail/text_file.h"

namespace pet {
namespace {

constexpr std::string_view missing = "n/a";

std::string at_line(const std::string& source, std::size_t line) {
  return source + ":" + std::to_string(line);
}

// The cells of one line. A cell that starts with a quote ends at the next one; a doubled quote inside stands for one.
std::vector<std::string> split_line(std::string_view line, const std::string& where) {
  std::vector<std::string> cells(1);
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\t') {
      cells.emplace_back();
    } else if (line[i] != '"' || !cells.back().empty()) {
      cells.back() += line[i];
    } else {
      for (++i; i < line.size(); ++i) {
        if (line[i] != '"') {
          cells.back() += line[i];
        } else if (i + 1 < line.size() && line[i + 1] == '"') {
          cells.back() += line[i++];
        } else {
          break;
        }
      }
      if (i == line.size()) throw bad_input(where, "a quoted cell without an end", "a closing quote on the same line");
      if (i + 1 < line.size() && line[i + 1] != '\t')
        throw bad_input(where, "text after a closing quote", "a tab or the end of the line");
    }
  }
  return cells;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

void check_header(const std::vector<std::string>& header, const std::string& where) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i].find_first_not_of(' ') == std::string::npos)
      throw bad_input(where, "column " + std::to_string(i + 1) + " without a name", "a name for every column");
    if (std::find(header.begin(), header.begin() + static_cast<std::ptrdiff_t>(i), header[i]) !=
        header.begin() + static_cast<std::ptrdiff_t>(i))
      throw bad_input(where, "two columns named '" + header[i] + "'", "unique names");
  }
}

std::string written(const std::string& cell) {
  if (cell.empty()) return std::string(missing);
  if (cell.find_first_of("\r\n") != std::string::npos)
    throw bad_input("table cell", "a line break", "text on one line");
  if (cell.find('\t') == std::string::npos && cell.front() != '"') return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace

Tsv Tsv::read(const std::string& path) {
  return parse(detail::read_text_file(path), path);
}

Tsv Tsv::parse(std::string_view text, std::string source) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.find('\0') != std::string_view::npos)
    throw bad_input(source, "binary data or UTF-16", "a tab-separated table in UTF-8");
  const std::vector<std::string_view> lines = split_lines(text);
  if (lines.empty()) throw bad_input(source, "an empty file", "a header line and rows");

  Tsv table;
  table.source_ = std::move(source);
  const std::string first = at_line(table.source_, 1);
  table.header_ = split_line(lines.front(), first);
  check_header(table.header_, first);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string where = at_line(table.source_, i + 1);
    table.cells_.push_back(split_line(lines[i], where));
    table.lines_.push_back(i + 1);
    if (table.cells_.back().size() != table.header_.size())
      throw bad_input(where, std::to_string(table.cells_.back().size()) + " columns",
                      std::to_string(table.header_.size()) + " as in the header");
  }
  return table;
}

Tsv Tsv::from_cells(std::string source,
                    std::vector<std::string> header,
                    std::vector<std::vector<std::string>> cells,
                    std::vector<std::size_t> lines) {
  Tsv table;
  table.source_ = std::move(source);
  check_header(header, at_line(table.source_, 1));
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (cells[i].size() != header.size())
      throw bad_input(at_line(table.source_, lines[i]), std::to_string(cells[i].size()) + " columns",
                      std::to_string(header.size()) + " as in the header");
  table.header_ = std::move(header);
  table.cells_ = std::move(cells);
  table.lines_ = std::move(lines);
  return table;
}

std::optional<std::size_t> Tsv::find(std::string_view column) const {
  const auto found = std::find(header_.begin(), header_.end(), column);
  if (found == header_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header_.begin());
}

std::size_t Tsv::column(std::string_view name) const {
  if (const auto found = find(name)) return *found;
  std::string names;
  for (const std::string& column : header_) names += (names.empty() ? "" : ", ") + column;
  throw bad_input(at_line(source_, 1), "columns " + names, "a column '" + std::string(name) + "'");
}

std::optional<double> Tsv::number(std::size_t row, std::size_t column) const {
  const std::string& text = cell(row, column);
  if (text == missing) return std::nullopt;
  const auto value = parse_number(text);
  if (!value) throw bad_input(where(row, column), "'" + text + "'", "a number or n/a");
  return value;
}

double Tsv::required_number(std::size_t row, std::size_t column) const {
  const auto value = parse_number(cell(row, column));
  if (!value) throw bad_input(where(row, column), "'" + cell(row, column) + "'", "a number");
  return *value;
}

std::string Tsv::where(std::size_t row, std::size_t column) const {
  return at_line(source_, lines_[row]) + " column '" + header_[column] + "'";
}

std::string Tsv::where(std::size_t row) const {
  return at_line(source_, lines_[row]);
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string format_number(double value) {
  if (std::isnan(value)) return std::string(missing);
  if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, value);
  return {buffer, end};
}

std::string format_seconds(double minutes) {
  return format_number(std::round(minutes * 60.0 * 1e6) / 1e6 + 0.0);
}

TsvWriter::TsvWriter(const std::vector<std::string>& header) : columns_(header.size()) {
  check_header(header, "table header");
  row(header);
}

void TsvWriter::row(const std::vector<std::string>& cells) {
  if (cells.size() != columns_)
    throw std::logic_error("a row of " + std::to_string(cells.size()) + " cells in a table of " +
                           std::to_string(columns_) + " columns");
  for (std::size_t i = 0; i < cells.size(); ++i) text_.append(i > 0 ? "\t" : "").append(written(cells[i]));
  text_ += '\n';
}

}  // namespace pet
