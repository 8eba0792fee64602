// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/multi_scan_table.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "kinetic_models/occupancy/table.h"
#include "kinetic_models/occupancy/test_retest.h"
#include "libpet/error.h"

namespace pet {
namespace {

constexpr std::array own_columns = {"scan", "subject", "condition", "parameters"};
std::optional<double> known(double value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

const ParameterRow* row_named(const ParameterTable& table, const std::string& region) {
  const auto found =
      std::find_if(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row.name == region; });
  return found == table.rows.end() ? nullptr : &*found;
}

std::vector<std::string> common_regions(const std::vector<ParameterTable>& tables,
                                        const std::vector<std::string>& asked_for,
                                        std::vector<std::string>& warnings) {
  std::set<std::string> seen;
  std::vector<std::string> regions;
  for (const std::string& region : asked_for) {
    if (!seen.insert(region).second) throw UsageError("region '" + region + "' is asked for twice");
    for (const ParameterTable& table : tables)
      if (row_named(table, region) == nullptr) throw UsageError("no region '" + region + "' in " + table.source);
  }
  if (!asked_for.empty()) return asked_for;
  for (const ParameterTable& table : tables)
    for (const ParameterRow& row : table.rows) {
      if (!seen.insert(row.name).second) continue;
      const auto lacking = std::find_if(tables.begin(), tables.end(), [&](const ParameterTable& other) {
        return row_named(other, row.name) == nullptr;
      });
      if (lacking == tables.end())
        regions.push_back(row.name);
      else
        warnings.push_back("region '" + row.name + "' is missing in " + lacking->source + " and left out");
    }
  if (regions.empty()) throw bad_input("scans", "no region that all have", "tables of the same regions");
  return regions;
}

// The binding of a region; none where it cannot be trusted, as one that ran to a bound itself and so has no standard
// error, or is not above `lowest`.
Binding binding_of(const ParameterTable& table,
                   const std::string& region,
                   std::size_t column,
                   double lowest,
                   std::vector<std::string>& warnings) {
  const ParameterRow& row = *row_named(table, region);
  const ParameterCell& cell = row.cells[column];
  const bool is_believable = row.status.empty() || row.status == name_of(FitStatus::ok) ||
                             (row.status == name_of(FitStatus::at_bound) && cell.standard_error);
  if (is_believable && cell.value && *cell.value > lowest)
    return {*cell.value, cell.standard_error.value_or(not_available)};
  warnings.push_back("region '" + region + "' in " + table.source + " is left out: " +
                     (!is_believable  ? "its fit is " + row.status
                      : !cell.value   ? "it has no binding"
                      : lowest == 0.0 ? "its binding is not positive"
                                      : "its binding is not above -1"));
  return {};
}

OccupancyRow placebo_row(const MultiScanFit& fit, std::size_t numbers) {
  OccupancyRow row;
  row.name = "placebo";
  row.occupancy = known(fit.placebo.value);
  row.standard_error = known(fit.placebo.standard_error);
  row.lower = fit.placebo.interval.lower;
  row.upper = fit.placebo.interval.upper;
  row.status = name_of(fit.placebo.status);
  row.flags = fit.placebo.flags;
  row.extra.assign(numbers, std::nullopt);
  return row;
}

OccupancyRow row_of(int index, const ScanOccupancy& found, const ListedScan& scan) {
  OccupancyRow row;
  row.index = index;
  row.name = found.name;
  row.subject = found.subject;
  row.baseline = known(found.baseline);
  row.drug = known(found.drug);
  row.occupancy = known(found.occupancy.value);
  row.standard_error = known(found.occupancy.standard_error);
  if (row.occupancy) {
    row.lower = found.occupancy.interval.lower;
    row.upper = found.occupancy.interval.upper;
  }
  row.status = name_of(found.occupancy.status);
  row.flags = found.occupancy.flags;
  row.extra = scan.numbers;
  return row;
}

}  // namespace

ScanList scan_list(const Tsv& table) {
  ScanList list;
  std::array<std::size_t, own_columns.size()> columns;
  for (std::size_t c = 0; c < columns.size(); ++c) columns[c] = table.column(own_columns[c]);
  std::vector<std::size_t> others;
  for (std::size_t c = 0; c < table.header().size(); ++c) {
    if (std::find(columns.begin(), columns.end(), c) != columns.end()) continue;
    others.push_back(c);
    list.other_columns.push_back(table.header()[c]);
  }
  std::array<std::set<std::string>, own_columns.size()> seen;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const std::string& cell = table.cell(r, columns[c]);
      if (cell.empty() || cell == "n/a") throw bad_input(table.where(r, columns[c]), "n/a", "one for every scan");
      const bool is_one_only = c == 0 || c == columns.size() - 1;
      if (!seen[c].insert(cell).second && is_one_only)
        throw bad_input(table.where(r, columns[c]), "'" + cell + "' again", "another for every scan");
    }
    ListedScan scan{table.cell(r, columns[0]), table.cell(r, columns[1]), {}, table.cell(r, columns[3]), {}};
    try {
      scan.condition = scan_condition(table.cell(r, columns[2]));
    } catch (const UsageError&) {
      throw bad_input(table.where(r, columns[2]), "'" + table.cell(r, columns[2]) + "'", "baseline, placebo or drug");
    }
    for (const std::size_t c : others) scan.numbers.push_back(table.number(r, c));
    list.scans.push_back(std::move(scan));
  }
  if (list.scans.empty()) throw bad_input(table.source(), "no scan", "one a row");
  return list;
}

MultiScanResult occupancy_of_list(const ScanList& list,
                                  const std::vector<ParameterTable>& tables,
                                  const MultiScanRequest& request) {
  OccupancyRequest measured;
  measured.measure = request.measure;
  const std::string measure = compared_measure(measured);
  MultiScanResult result;
  for (const ParameterTable& table : tables) require_same_method(tables.front(), table);
  result.regions = common_regions(tables, request.regions, result.warnings);
  const bool has_volume_errors = measure == "BPND";
  const double lowest = has_volume_errors ? -1.0 : 0.0;
  std::vector<BindingScan> scans;
  for (std::size_t s = 0; s < tables.size(); ++s) {
    const ListedScan& listed = list.scans[s];
    scans.push_back({listed.name, listed.subject, listed.condition, {}});
    const std::size_t column = tables[s].column(measure);
    for (const std::string& region : result.regions)
      scans.back().regions.push_back(binding_of(tables[s], region, column, lowest, result.warnings));
  }
  result.fit = fit_scans(scans, {.level = request.level, .has_volume_errors = has_volume_errors});
  std::vector<std::string> used;
  for (std::size_t r = 0; r < result.regions.size(); ++r) {
    const std::vector<std::size_t>& left_out = result.fit.left_out;
    if (std::find(left_out.begin(), left_out.end(), r) == left_out.end())
      used.push_back(result.regions[r]);
    else
      result.warnings.push_back(
          "region '" + result.regions[r] +
          "' is left out: its mean binding without the drug is not positive, or too near zero for a fit");
  }
  result.regions = std::move(used);
  result.table.measure = measure;
  result.table.has_subjects = true;
  const std::vector<std::string> own = occupancy_columns(result.table);
  for (const std::string& column : list.other_columns)
    if (std::find(own.begin(), own.end(), column) != own.end())
      throw bad_input("list of scans", "column '" + column + "'",
                      "another name: the table of occupancies has such a column of its own");
  result.table.extra_columns = list.other_columns;
  if (result.fit.placebo.status != FitStatus::failed)
    result.table.rows.push_back(placebo_row(result.fit, list.other_columns.size()));
  for (const ScanOccupancy& found : result.fit.scans) {
    const auto listed = std::find_if(list.scans.begin(), list.scans.end(),
                                     [&](const ListedScan& scan) { return scan.name == found.name; });
    result.table.rows.push_back(row_of(static_cast<int>(listed - list.scans.begin()) + 1, found, *listed));
  }
  return result;
}

}  // namespace pet
