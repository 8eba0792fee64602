// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/detail/delimited.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/tac_assembly.h"
#include "libpet/io/detail/tac_columns.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/io/units.h"

namespace pet {
namespace detail {
namespace {

double time_unit_s(const Tsv& tsv, const TacTableOptions& options) {
  const std::string unit = title_of(tsv.header()[0]).unit;
  if (unit.empty() && !options.time_unit.empty()) return stated_time_unit_s(options.time_unit);
  const auto seconds = in_s(unit);
  if (!seconds)
    throw bad_input(tsv.source() + ":1", unit.empty() ? "no unit of time" : "the unit of time '" + unit + "'",
                    "start[seconds] or start[minutes]");
  if (!options.time_unit.empty() && stated_time_unit_s(options.time_unit) != *seconds)
    throw bad_input(tsv.source() + ":1", "the unit of time '" + unit + "'",
                    "'" + options.time_unit + "' as stated with the request");
  return *seconds;
}

// The unit stands after the second title; files made by hand have it after a region and a time there.
std::string activity_unit(const Tsv& tsv) {
  const std::string unit = title_of(tsv.header()[1]).unit;
  if (!unit.empty() && !in_s(unit)) return unit;
  for (std::size_t c = 2; c < tsv.header().size(); ++c)
    if (const std::string found = title_of(tsv.header()[c]).unit; !found.empty()) return found;
  return "";
}

// How many units of the file make one of ours; 1 and an unknown unit for numbers without one.
double read_unit(TacColumns& columns, const Tsv& tsv, const TacTableOptions& options) {
  const std::string unit = activity_unit(tsv);
  const std::string stated = unit.empty() ? options.unit : unit;
  if (stated == "unknown" || stated == "1/1" || stated == "g/mL" || stated == "g/ml") return 1.0;
  const auto factor = in_kBq_per_mL(stated);
  if (!factor)
    throw bad_input(tsv.source() + ":1", unit.empty() ? "no unit of activity" : "the unit '" + unit + "'",
                    "end[kBq/cc], end[Bq/cc] or one stated with the request");
  if (!options.unit.empty() && options.unit != "unknown" && stated_per_kBq_per_mL(options.unit) != 1.0 / *factor)
    throw bad_input(tsv.source() + ":1", "the unit '" + unit + "'",
                    "'" + options.unit + "' as stated with the request");
  columns.unit = ActivityUnit::kBq_per_mL;
  return 1.0 / *factor;
}

// A region keeps brackets that are no unit.
std::string region_name(const std::string& cell) {
  const Title title = title_of(cell);
  return title.unit == "1/1" || in_kBq_per_mL(title.unit) ? title.name : cell;
}

}  // namespace

bool is_pmod_table(std::string_view text, const std::string& path) {
  if (path.ends_with(".tac")) return true;
  const std::string_view first = text.substr(0, text.find('\n'));
  const auto cells = cells_of(first, separator_of(first));
  return !cells.empty() && in_s(title_of(cells.front()).unit).has_value();
}

TacColumns pmod_tacs(std::string_view text, const std::string& path, const TacTableOptions& options) {
  const Tsv tsv = delimited_table(text, path);
  if (tsv.rows() == 0) throw bad_input(path, "no rows", "one row a frame");
  if (tsv.header().size() < 3 || title_of(tsv.header()[0]).name != "start" || title_of(tsv.header()[1]).name != "end")
    throw bad_input(path + ":1", "the titles of no TAC table", "start[seconds], end[kBq/cc] and at least one region");
  TacColumns columns;
  columns.source = path;
  const double unit_s = time_unit_s(tsv, options);
  const double per_unit = read_unit(columns, tsv, options);
  for (std::size_t r = 0; r < tsv.rows(); ++r) {
    columns.times_s.push_back({tsv.required_number(r, 0) * unit_s, tsv.required_number(r, 1) * unit_s});
    columns.where.push_back(tsv.where(r));
  }
  for (std::size_t c = 2; c < tsv.header().size(); ++c) {
    if (!is_region_column(tsv.header()[c])) continue;
    columns.regions.push_back(region_name(tsv.header()[c]));
    std::vector<double>& curve = columns.activity.emplace_back(tsv.rows());
    for (std::size_t r = 0; r < tsv.rows(); ++r) curve[r] = tsv.required_number(r, c) / per_unit;
  }
  if (columns.regions.empty()) throw bad_input(path + ":1", "no column of a region", "at least one region");
  return columns;
}

}  // namespace detail

std::string pmod_tac_text(const TacTable& table) {
  std::vector<std::string> header = {"start[seconds]",
                                     table.unit == ActivityUnit::kBq_per_mL ? "end[kBq/cc]" : "end[1/1]"};
  for (const std::string& region : table.regions) {
    if (!detail::is_region_column(region))
      throw UsageError("a region named '" + region + "': a reader of TAC tables would not take it for a region");
    header.push_back(region);
  }
  TsvWriter writer(header);
  for (std::size_t f = 0; f < table.frames.size(); ++f) {
    std::vector<std::string> row = {format_seconds(table.frames[f].start_min), format_seconds(table.frames[f].end_min)};
    for (const std::vector<double>& curve : table.activity) row.push_back(format_number(curve[f]));
    writer.row(row);
  }
  return writer.text();
}

std::string pmod_tac_sidecar_text(const TacTable& table, const Provenance& provenance, const std::string& extra_json) {
  detail::Json object = detail::object_from(tac_sidecar_text(table, provenance, extra_json));
  if (table.unit == ActivityUnit::kBq_per_mL) object["Units"] = "kBq/mL";
  object.erase("frame_start");
  object.erase("frame_end");
  return detail::text_of(object);
}

}  // namespace pet
