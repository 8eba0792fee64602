// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/pmod_text.h"

#include <algorithm>
#include <cctype>

#include "libpet/error.h"
#include "libpet/io/units.h"

namespace pet::detail::pmod {
namespace {

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return "";
  text = text.substr(first, text.find_last_not_of(' ') - first + 1);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return std::string(text);
}

std::vector<std::string> split_at(std::string_view line, char separator) {
  std::vector<std::string> cells;
  std::size_t begin = 0;
  bool is_quoted = false;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] == '"') is_quoted = !is_quoted;
    if (i < line.size() && (line[i] != separator || is_quoted)) continue;
    cells.push_back(trimmed(line.substr(begin, i - begin)));
    begin = i + 1;
  }
  return cells;
}

std::vector<std::string> split_at_blanks(std::string_view line) {
  std::vector<std::string> cells;
  for (std::size_t at = line.find_first_not_of(' '); at != std::string_view::npos;) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    cells.emplace_back(line.substr(at, end - at));
    at = line.find_first_not_of(' ', end);
  }
  return cells;
}

}  // namespace

std::vector<std::string> split_cells(std::string_view line) {
  for (const char separator : {'\t', ';', ','})
    if (line.find(separator) != std::string_view::npos) return split_at(line, separator);
  return split_at_blanks(line);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back(line);
  }
  while (!lines.empty() && lines.back().find_first_not_of(" \t") == std::string_view::npos) lines.pop_back();
  return lines;
}

Tsv delimited_table(std::string_view text, const std::string& source) {
  std::string tabbed;
  for (const std::string_view line : lines_of(text)) {
    bool is_first = true;
    for (std::string& cell : split_cells(line)) {
      std::erase(cell, '"');  // Tsv would take it for the start of a quoted cell
      tabbed += (is_first ? "" : "\t") + cell;
      is_first = false;
    }
    tabbed += '\n';
  }
  return Tsv::parse(tabbed, source);
}

std::string lower_case(std::string_view text) {
  std::string lower;
  for (const unsigned char c : text) lower += static_cast<char>(std::tolower(c));
  return lower;
}

Title title_of(const std::string& cell) {
  const std::size_t open = cell.rfind('[');
  if (open == std::string::npos || !cell.ends_with(']')) return {trimmed(cell), std::nullopt};
  return {trimmed(cell.substr(0, open)), trimmed(cell.substr(open + 1, cell.size() - open - 2))};
}

std::optional<double> pmod_seconds(std::string_view unit) {
  if (unit == "hours" || unit == "h") return 3600.0;
  return in_s(unit);
}

double time_unit(const Title& title, const std::string& stated, const std::string& where) {
  const auto given = pmod_seconds(stated);
  if (!stated.empty() && !given) throw UsageError("a unit of time '" + stated + "': s, min or hours");
  if (!title.unit && given) return *given;
  if (!title.unit) throw bad_input(where, "'" + title.name + "' without a unit of time", "[seconds] or [minutes]");
  const auto found = pmod_seconds(*title.unit);
  if (!found) throw bad_input(where, "'[" + *title.unit + "]' after '" + title.name + "'", "[seconds] or [minutes]");
  if (given && found != given) throw bad_input(where, "[" + *title.unit + "]", stated + " as given by you");
  return *found;
}

std::optional<double> activity_unit(const Title& title, const std::string& stated, const std::string& where) {
  const bool is_unknown = stated == "unknown";
  const auto given = in_kBq_per_mL(stated);
  if (!stated.empty() && !is_unknown && !given)
    throw UsageError("a unit of activity '" + stated + "': kBq/mL, Bq/mL, nCi/mL or unknown");
  const auto found = title.unit ? in_kBq_per_mL(*title.unit) : std::nullopt;
  if (found && !stated.empty() && found != given)
    throw bad_input(where, "[" + *title.unit + "] after '" + title.name + "'", stated + " as given by you");
  if (found) return found;
  if (is_unknown) return std::nullopt;
  if (title.unit && *title.unit != "1/1")
    throw bad_input(where, "'[" + *title.unit + "]' after '" + title.name + "'", "[kBq/cc], [Bq/cc] or [nCi/cc]");
  if (given) return given;
  throw bad_input(where, "no unit of activity after '" + title.name + "'", "[kBq/cc] there, or a unit given by you");
}

}  // namespace pet::detail::pmod
