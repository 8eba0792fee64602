// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/detail/delimited.h"
#include "libpet/io/detail/tac_assembly.h"
#include "libpet/io/units.h"

namespace pet::detail {
namespace {

using Cells = std::vector<std::string>;

std::string at(const std::string& path, std::size_t line) {
  return path + ":" + std::to_string(line);
}

// Name, hemisphere and plane of each region, joined by '_'; a point stands for none.
std::vector<std::string> region_names(const std::vector<Cells>& titles) {
  std::vector<std::string> names;
  for (std::size_t c = 1; c < titles[0].size(); ++c) {
    std::string name;
    for (std::size_t line = 0; line < 3; ++line)
      if (c < titles[line].size() && titles[line][c] != "." && titles[line][c] != "n/a")
        name += (name.empty() ? "" : "_") + titles[line][c];
    names.push_back(name);
  }
  return names;
}

double number_at(const std::string& cell, const std::string& where) {
  if (const auto value = parse_number(cell)) return *value;
  const bool is_missing = cell == "." || cell == "n/a";
  throw bad_input(where, is_missing ? "a missing value" : "'" + cell + "'", "a number with a decimal point");
}

double read_unit(TacColumns& columns,
                 const std::string& unit,
                 const std::string& where,
                 const TacTableOptions& options) {
  const auto factor = in_kBq_per_mL(unit);
  if (!factor && options.unit == "unknown") return 1.0;
  if (factor && !options.unit.empty() && stated_per_kBq_per_mL(options.unit) != 1.0 / *factor)
    throw bad_input(where, "the unit '" + unit + "'", "'" + options.unit + "' as stated with the request");
  if (!factor && options.unit.empty())
    throw bad_input(where, "the unit '" + unit + "'", "kBq/ml, Bq/ml or one stated with the request");
  columns.unit = ActivityUnit::kBq_per_mL;
  return factor ? 1.0 / *factor : stated_per_kBq_per_mL(options.unit);
}

double time_unit_s(const Cells& titles, const std::string& where) {
  const std::string unit = titles.size() > 1 ? titles[1] : "";
  if (titles[0] == "Times" && unit.size() > 2 && unit.front() == '(' && unit.back() == ')')
    if (const auto seconds = in_s(unit.substr(1, unit.size() - 2))) return *seconds;
  throw bad_input(where, "'" + titles[0] + " " + unit + "'", "Times (min) or Times (sec)");
}

void read_rows(TacColumns& columns,
               const std::vector<TextLine>& lines,
               std::size_t first,
               char separator,
               double unit_s,
               double per_unit) {
  const std::size_t regions = columns.regions.size();
  columns.activity.resize(regions);
  for (std::size_t i = first; i < lines.size(); ++i) {
    const Cells cells = cells_of(lines[i].text, separator);
    const std::string where = at(columns.source, lines[i].number);
    if (cells.size() == regions + 1) throw bad_input(where, "one column of times", "start and end of every frame");
    if (cells.size() != regions + 2)
      throw bad_input(where, std::to_string(cells.size()) + " columns",
                      std::to_string(regions + 2) + " (start, end and " + std::to_string(regions) + " regions)");
    columns.times_s.push_back({number_at(cells[0], where) * unit_s, number_at(cells[1], where) * unit_s});
    columns.where.push_back(where);
    for (std::size_t c = 0; c < regions; ++c)
      columns.activity[c].push_back(number_at(cells[c + 2], where + " region '" + columns.regions[c] + "'") / per_unit);
  }
}

}  // namespace

bool is_dft(std::string_view text) {
  return text.starts_with("DFT") && (text.size() == 3 || text[3] == ' ' || text[3] == '\t' || text[3] == '\r');
}

TacColumns dft_tacs(std::string_view text, const std::string& path, const TacTableOptions& options) {
  const std::vector<TextLine> lines = text_lines(text, path);
  if (lines.size() < 5)
    throw bad_input(path, std::to_string(lines.size()) + " lines", "four lines of titles and one a frame");
  const char separator = lines[0].text.find('\t') == std::string_view::npos ? ' ' : '\t';
  std::vector<Cells> titles;
  for (std::size_t i = 0; i < 3; ++i) titles.push_back(cells_of(lines[i].text, separator));
  const Cells times = cells_of(lines[3].text, ' ');
  TacColumns columns;
  columns.source = path;
  columns.regions = region_names(titles);
  if (columns.regions.empty()) throw bad_input(at(path, lines[0].number), "no region", "names after DFT");
  for (std::size_t c = 0; c < columns.regions.size(); ++c)
    for (std::size_t other = 0; other < c; ++other)
      if (columns.regions[c] == columns.regions[other])
        throw bad_input(at(path, lines[0].number), "two regions '" + columns.regions[c] + "'",
                        "regions that differ in name, hemisphere or plane");
  const double per_unit = read_unit(columns, titles[2][0], at(path, lines[2].number), options);
  const double unit_s = time_unit_s(times, at(path, lines[3].number));
  columns.volume_mm3.resize(columns.regions.size());
  for (std::size_t c = 0; c < columns.regions.size() && c + 2 < times.size(); ++c)
    if (const auto volume = parse_number(times[c + 2]); volume > 0.0) columns.volume_mm3[c] = volume;
  read_rows(columns, lines, 4, separator, unit_s, per_unit);
  return columns;
}

}  // namespace pet::detail
