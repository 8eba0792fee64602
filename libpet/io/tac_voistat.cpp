// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/detail/delimited.h"
#include "libpet/io/detail/tac_assembly.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/io/units.h"

namespace pet::detail {
namespace {

namespace fs = std::filesystem;

std::string at(const std::string& path, std::size_t line) {
  return path + ":" + std::to_string(line);
}

// Lines and their numbers, as they are: "//" begins the titles, '#' what is no data.
std::vector<TextLine> all_lines(std::string_view text) {
  std::vector<TextLine> lines;
  std::size_t number = 1;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.push_back({number++, line});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// Where the columns are that count, and their units. Others hold who was scanned and are never looked at.
struct Columns {
  std::size_t region = 0;
  std::size_t time = 0;
  std::size_t activity = 0;
  std::optional<std::size_t> volume;
  double s_per_unit = 1.0;
  double kBq_per_unit = 1.0;
};

Columns columns_of(const TextLine& titles, const std::string& path) {
  const std::vector<std::string> cells = cells_of(titles.text, '\t');
  const std::string where = at(path, titles.number);
  const auto find = [&](std::string_view name) -> std::optional<std::size_t> {
    for (std::size_t c = 0; c < cells.size(); ++c)
      if (cells[c].starts_with(name)) return c;
    return std::nullopt;
  };
  const auto required = [&](std::string_view name) {
    if (const auto column = find(name)) return *column;
    throw bad_input(where, "no column '" + std::string(name) + "'",
                    "VoiName(Region), Time [seconds] and Averaged [kBq/cc]");
  };
  const auto unit = [&](std::size_t column) {
    const std::string& cell = cells[column];
    const std::size_t open = cell.find('[');
    const std::size_t close = cell.find(']', open);
    return open == std::string::npos || close == std::string::npos ? "" : cell.substr(open + 1, close - open - 1);
  };
  Columns columns{required("VoiName(Region)"), required("Time"), required("Averaged"), find("Volume"), 1.0, 1.0};
  const auto seconds = in_s(unit(columns.time));
  const auto activity = in_kBq_per_mL(unit(columns.activity));
  if (!seconds) throw bad_input(where, "the unit of time '" + unit(columns.time) + "'", "seconds or minutes");
  if (!activity) throw bad_input(where, "the unit '" + unit(columns.activity) + "'", "kBq/cc or Bq/cc");
  columns.s_per_unit = *seconds;
  columns.kBq_per_unit = *activity;
  return columns;
}

double number_at(const std::vector<std::string>& cells, std::size_t column, const std::string& where) {
  if (column < cells.size())
    if (const auto value = parse_number(cells[column])) return *value;
  throw bad_input(where, "no number in column " + std::to_string(column + 1), "one");
}

// Start and end of every frame: the .acqtimes of the same name, or the only one in the folder.
std::vector<Frame> acquisition_times_s(const std::string& path) {
  fs::path times = fs::path(path).replace_extension(".acqtimes");
  if (!fs::is_regular_file(times)) {
    std::vector<fs::path> others;
    const fs::path folder = times.parent_path().empty() ? "." : times.parent_path();
    for (const auto& entry : fs::directory_iterator(folder))
      if (entry.path().extension() == ".acqtimes") others.push_back(entry.path());
    if (others.size() != 1)
      throw bad_input(path, "middles of frames only",
                      times.filename().string() + " beside it, with their starts and ends");
    times = others.front();
  }
  std::vector<Frame> frames;
  const std::string text = read_text_file(times.string());
  for (const TextLine& line : all_lines(text)) {
    const std::size_t comment = line.text.find('#');
    const std::vector<std::string> cells = cells_of(line.text.substr(0, comment), ' ');
    if (cells.size() < 2) continue;  // titles, and the number of frames
    const std::string where = at(times.string(), line.number);
    frames.push_back({number_at(cells, 0, where), number_at(cells, 1, where)});
  }
  return frames;
}

}  // namespace

bool is_voistat(std::string_view text) {
  return text.starts_with("# PMOD_VOI_STATISTICS");
}

TacColumns voistat_tacs(std::string_view text, const std::string& path) {
  const std::vector<TextLine> lines = all_lines(text);
  const auto titles =
      std::find_if(lines.begin(), lines.end(), [](const TextLine& line) { return line.text.starts_with("//"); });
  if (titles == lines.end()) throw bad_input(path, "no line of titles", "one that begins with // Component");
  const Columns columns = columns_of(*titles, path);
  TacColumns result;
  result.source = path;
  result.unit = ActivityUnit::kBq_per_mL;
  result.times_s = acquisition_times_s(path);
  for (std::size_t f = 0; f < result.times_s.size(); ++f)
    result.where.push_back(path + " frame " + std::to_string(f + 1));
  constexpr double same_middle_s = 0.51;  // PMOD rounds to whole seconds
  for (auto line = titles + 1; line != lines.end(); ++line) {
    const std::vector<std::string> cells = cells_of(line->text, '\t');
    if (cells.size() < 2 || line->text.starts_with('#')) continue;
    const std::string where = at(path, line->number);
    if (columns.region >= cells.size()) throw bad_input(where, "too few columns", "those of the titles");
    const std::string& region = cells[columns.region];
    if (result.regions.empty() || result.regions.back() != region) {
      if (std::count(result.regions.begin(), result.regions.end(), region) > 0)
        throw bad_input(where, "a region that is there twice", "each region once, its frames one after the other");
      result.regions.push_back(region);
      result.activity.emplace_back();
      result.volume_mm3.push_back(columns.volume ? std::optional(1000.0 * number_at(cells, *columns.volume, where))
                                                 : std::nullopt);
    }
    const std::size_t frame = result.activity.back().size();
    const double middle_s = number_at(cells, columns.time, where) * columns.s_per_unit;
    if (frame >= result.times_s.size())
      throw bad_input(where, "more frames than acquisition times", std::to_string(result.times_s.size()));
    const Frame& expected = result.times_s[frame];
    if (std::abs(middle_s - 0.5 * (expected.start_min + expected.end_min)) > same_middle_s)
      throw bad_input(where, "a middle at " + format_number(middle_s) + " s",
                      format_number(0.5 * (expected.start_min + expected.end_min)) + " s by the acquisition times");
    result.activity.back().push_back(number_at(cells, columns.activity, where) * columns.kBq_per_unit);
  }
  for (std::size_t r = 0; r < result.regions.size(); ++r)
    if (result.activity[r].size() != result.times_s.size())
      throw bad_input(path + " region " + std::to_string(r + 1), std::to_string(result.activity[r].size()) + " frames",
                      std::to_string(result.times_s.size()) + " by the acquisition times");
  if (result.regions.empty()) throw bad_input(path, "no rows", "one a region and frame");
  return result;
}

}  // namespace pet::detail
