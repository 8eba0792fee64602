// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/parameter_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>

#include "libpet/error.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/table_cells.h"
#include "libpet/io/detail/text_file.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

using detail::Sidecar;

// Where the numbers of one parameter stand.
struct Columns {
  std::size_t value = 0;
  std::optional<std::size_t> percent;
  std::optional<std::size_t> absolute;
  std::optional<std::size_t> lower;
  std::optional<std::size_t> upper;
  double per_estimate = 100.0;  ///< 1 where the file gives fractions instead of percent
};

bool is_detail(const std::string& column) {
  return column.ends_with("-se") || column.ends_with("-stderr") || column.ends_with("-lower") ||
         column.ends_with("-upper");
}

// The percentage that goes with an estimate; of zero it is unbounded.
std::optional<double> percent_error(const ParameterCell& cell) {
  if (!cell.value || !cell.standard_error) return std::nullopt;
  if (*cell.value != 0.0) return 100.0 * *cell.standard_error / std::abs(*cell.value);
  return *cell.standard_error == 0.0 ? 0.0 : std::numeric_limits<double>::infinity();
}

ParameterCell read_cell(const Tsv& tsv, std::size_t row, const Columns& columns) {
  ParameterCell cell;
  cell.value = tsv.number(row, columns.value);
  if (columns.lower) cell.lower = detail::bound(tsv, row, *columns.lower);
  if (columns.upper) cell.upper = detail::bound(tsv, row, *columns.upper);
  if (columns.absolute) cell.standard_error = tsv.number(row, *columns.absolute);
  if (cell.standard_error || !columns.percent || !cell.value) return cell;
  const auto relative = detail::bound(tsv, row, *columns.percent);
  if (relative && std::isfinite(*relative) && *cell.value != 0.0)
    cell.standard_error = *relative * std::abs(*cell.value) / columns.per_estimate;
  return cell;
}

Columns find_columns(const Tsv& tsv, const std::string& parameter, const std::optional<Sidecar>& sidecar) {
  Columns columns{.value = tsv.column(parameter),
                  .percent = tsv.find(parameter + "-se"),
                  .absolute = tsv.find(parameter + "-stderr"),
                  .lower = tsv.find(parameter + "-lower"),
                  .upper = tsv.find(parameter + "-upper")};
  const std::string key = parameter + "-se/Units";
  const std::string unit = sidecar ? sidecar->text(key).value_or("percent") : "percent";
  if (unit == "1" || unit == "fraction")
    columns.per_estimate = 1.0;
  else if (unit != "percent" && unit != "%")
    throw sidecar->error(key, "'" + unit + "'", "percent or 1");
  return columns;
}

void require_unique_names(const ParameterTable& table) {
  std::map<std::string, std::size_t> line_of;
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    const std::string& name = table.rows[r].name;
    const auto [first, is_new] = line_of.emplace(name, r + 2);
    if (!is_new)
      throw bad_input(table.source + ":" + std::to_string(r + 2),
                      "the region '" + name + "' of line " + std::to_string(first->second) + " again",
                      "one row a region");
  }
}

// What describes the model as a whole.
void read_model(ParameterTable& table, const Sidecar& sidecar) {
  table.model_label = sidecar.text("ModelName").value_or("");
  table.tracer_name = sidecar.text("TracerName").value_or("");
  table.reference_region = sidecar.text("ReferenceRegion").value_or("");
  table.sampling = sidecar.text("Sampling").value_or("");
  table.sources_of_error = sidecar.text("StandardErrors").value_or("");
}

void require_width(std::size_t found, std::size_t expected) {
  if (found != expected)
    throw std::logic_error("a row of " + std::to_string(found) + " values in a table of " + std::to_string(expected));
}

std::vector<std::string> header_of(const ParameterTable& table) {
  std::vector<std::string> header = {"index", "name"};
  for (const std::string& parameter : table.parameters) {
    header.insert(header.end(), {parameter, parameter + "-se"});
    if (table.has_intervals) header.insert(header.end(), {parameter + "-lower", parameter + "-upper"});
  }
  header.insert(header.end(), {"status", "flags"});
  for (const std::string& parameter : table.parameters) header.push_back(parameter + "-stderr");
  header.insert(header.end(), table.extra_columns.begin(), table.extra_columns.end());
  return header;
}

}  // namespace

std::optional<std::size_t> ParameterTable::find(std::string_view parameter) const {
  const auto found = std::find(parameters.begin(), parameters.end(), parameter);
  if (found == parameters.end()) return std::nullopt;
  return static_cast<std::size_t>(found - parameters.begin());
}

std::size_t ParameterTable::column(std::string_view parameter) const {
  if (const auto found = find(parameter)) return *found;
  throw InputError(source + ": found no parameter '" + std::string(parameter) + "'" +
                   suggestion(parameter, parameters));
}

ParameterTable read_parameter_table(const std::string& path) {
  const Tsv tsv = Tsv::read(path);
  const auto sidecar = detail::sidecar_if_present(detail::without_extension(path).native() + ".json");
  const std::size_t name = tsv.column("name");
  const auto flags = tsv.find("flags");

  ParameterTable table;
  table.source = path;
  std::vector<Columns> columns;
  std::vector<std::size_t> extra;
  for (std::size_t c = 0; c < tsv.header().size(); ++c) {
    const std::string& column = tsv.header()[c];
    if (column == "index" || column == "name" || column == "status" || column == "flags" || is_detail(column)) continue;
    if (flags && c > *flags) {
      extra.push_back(c);
      table.extra_columns.push_back(column);
      continue;
    }
    table.parameters.push_back(column);
    columns.push_back(find_columns(tsv, column, sidecar));
    table.has_intervals = table.has_intervals || columns.back().lower || columns.back().upper;
    if (sidecar) table.units.push_back(sidecar->text(column + "/Units").value_or(""));
  }
  if (sidecar) read_model(table, *sidecar);
  if (columns.empty()) throw bad_input(path + ":1", "no column of a parameter", "at least one after index and name");

  for (std::size_t r = 0; r < tsv.rows(); ++r) {
    ParameterRow row;
    row.index = detail::index_cell(tsv, r, tsv.find("index"));
    row.name = tsv.cell(r, name);
    for (const Columns& where : columns) row.cells.push_back(read_cell(tsv, r, where));
    row.status = detail::text_cell(tsv, r, tsv.find("status"));
    if (flags) row.flags = detail::split_flags(tsv.cell(r, *flags));
    for (const std::size_t c : extra) row.extra.push_back(tsv.number(r, c));
    table.rows.push_back(row);
  }
  require_unique_names(table);
  return table;
}

std::string parameter_table_text(const ParameterTable& table) {
  TsvWriter writer(header_of(table));
  for (const ParameterRow& row : table.rows) {
    require_width(row.cells.size(), table.parameters.size());
    std::vector<std::string> cells = {std::to_string(row.index), row.name};
    for (const ParameterCell& cell : row.cells) {
      cells.push_back(detail::finite_cell(cell.value));
      cells.push_back(detail::bound_cell(percent_error(cell)));
      if (!table.has_intervals) continue;
      cells.push_back(detail::bound_cell(cell.lower));
      cells.push_back(detail::bound_cell(cell.upper));
    }
    cells.push_back(row.status);
    cells.push_back(detail::joined_flags(row.flags));
    for (const ParameterCell& cell : row.cells) cells.push_back(detail::finite_cell(cell.standard_error));
    for (const auto& value : row.extra) cells.push_back(detail::finite_cell(value));
    writer.row(cells);
  }
  return writer.text();
}

}  // namespace pet
