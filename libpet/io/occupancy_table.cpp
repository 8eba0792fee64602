// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "libpet/error.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/table_cells.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

constexpr std::string_view baseline_ending = "_baseline";

std::string measure_of(const Tsv& tsv) {
  for (const std::string& column : tsv.header())
    if (column.ends_with(baseline_ending)) return column.substr(0, column.size() - baseline_ending.size());
  throw bad_input(tsv.source() + ":1", "no column of a baseline", "a column such as BPND_baseline");
}

}  // namespace

std::vector<std::string> occupancy_columns(const OccupancyTable& table) {
  const std::string& q = table.quantity;
  std::vector<std::string> header = {
      "index",  "name", table.measure + "_baseline", table.measure + "_drug", q, q + "_se", q + "_lower", q + "_upper",
      "status", "flags"};
  if (table.has_subjects) header.emplace_back("subject");
  header.insert(header.end(), table.extra_columns.begin(), table.extra_columns.end());
  return header;
}

OccupancyTable read_occupancy_table(const std::string& path) {
  const Tsv tsv = Tsv::read(path);
  OccupancyTable table;
  table.source = path;
  table.measure = measure_of(tsv);
  if (tsv.find("change")) table.quantity = "change";
  const std::string& quantity = table.quantity;
  const std::size_t flags = tsv.column("flags");
  const std::optional<std::size_t> subject = tsv.find("subject");
  table.has_subjects = subject.has_value();
  for (std::size_t c = flags + 1; c < tsv.header().size(); ++c)
    if (c != subject) table.extra_columns.push_back(tsv.header()[c]);
  for (std::size_t r = 0; r < tsv.rows(); ++r) {
    OccupancyRow row;
    row.index = detail::index_cell(tsv, r, tsv.find("index"));
    row.name = tsv.cell(r, tsv.column("name"));
    row.baseline = tsv.number(r, tsv.column(table.measure + "_baseline"));
    row.drug = tsv.number(r, tsv.column(table.measure + "_drug"));
    row.occupancy = tsv.number(r, tsv.column(quantity));
    row.standard_error = tsv.number(r, tsv.column(quantity + "_se"));
    row.lower = detail::bound(tsv, r, tsv.column(quantity + "_lower"));
    row.upper = detail::bound(tsv, r, tsv.column(quantity + "_upper"));
    row.status = detail::text_cell(tsv, r, tsv.column("status"));
    row.flags = detail::split_flags(tsv.cell(r, flags));
    if (subject) row.subject = detail::text_cell(tsv, r, *subject);
    for (std::size_t c = flags + 1; c < tsv.header().size(); ++c)
      if (c != subject) row.extra.push_back(tsv.number(r, c));
    table.rows.push_back(row);
  }
  return table;
}

std::string occupancy_table_text(const OccupancyTable& table) {
  TsvWriter writer(occupancy_columns(table));
  for (const OccupancyRow& row : table.rows) {
    std::vector<std::string> cells = {std::to_string(row.index),
                                      row.name,
                                      detail::finite_cell(row.baseline),
                                      detail::finite_cell(row.drug),
                                      detail::finite_cell(row.occupancy),
                                      detail::finite_cell(row.standard_error),
                                      detail::bound_cell(row.lower),
                                      detail::bound_cell(row.upper),
                                      row.status,
                                      detail::joined_flags(row.flags)};
    if (table.has_subjects) cells.push_back(row.subject.empty() ? "n/a" : row.subject);
    for (const auto& value : row.extra) cells.push_back(detail::finite_cell(value));
    writer.row(cells);
  }
  return writer.text();
}

std::string occupancy_sidecar_text(const OccupancyTable& table,
                                   const std::string& members_json,
                                   const Provenance& provenance) {
  detail::Json object = detail::object_from(members_json);
  const auto describe = [&](const std::string& column, const char* description, const char* unit) {
    if (!object.contains(column)) object[column] = {{"Description", description}, {"Units", unit}};
  };
  const bool is_volume = table.measure.starts_with("V") || table.measure == "BPP";
  const char* const unit = is_volume ? "mL/cm3" : "1";
  describe(table.measure + "_baseline", "Estimate in the scan without drug", unit);
  describe(table.measure + "_drug", "Estimate in the scan with drug", unit);
  const std::string& q = table.quantity;
  const bool is_change = q == "change";
  describe(q,
           is_change ? "Change from the first scan to the second as a fraction of the first"
                     : "Fraction of the receptors that the drug occupies",
           "1");
  describe(q + "_se", is_change ? "Standard error of the change" : "Standard error of the occupancy", "1");
  describe(q + "_lower", "Lower bound of the interval; -inf: none", "1");
  describe(q + "_upper", "Upper bound of the interval; inf: none", "1");
  if (is_change)
    describe("MDC",
             "By how much two scans differ at most, with the probability of ConfidenceLevel, where nothing changed",
             "1");
  detail::add_provenance(object, provenance);
  return detail::text_of(object);
}

}  // namespace pet
