// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "kinetic_models/occupancy/from_binding.h"
#include "libpet/error.h"

namespace pet {
namespace {

// A region that both scans have.
struct Pair {
  const ParameterRow* baseline;
  const ParameterRow* drug;
};

const ParameterRow* row_named(const ParameterTable& table, const std::string& name) {
  const auto found =
      std::find_if(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row.name == name; });
  return found == table.rows.end() ? nullptr : &*found;
}

std::vector<std::string> names_of(const ParameterTable& table) {
  std::vector<std::string> names;
  for (const ParameterRow& row : table.rows) names.push_back(row.name);
  return names;
}

const ParameterRow& require_row(const ParameterTable& table, const std::string& name) {
  const ParameterRow* row = row_named(table, name);
  if (row == nullptr)
    throw UsageError("no region '" + name + "' in " + table.source + suggestion(name, names_of(table)));
  return *row;
}

std::vector<Pair> matched(const ParameterTable& baseline,
                          const ParameterTable& drug,
                          const OccupancyRequest& request,
                          std::vector<std::string>& warnings) {
  std::vector<Pair> pairs;
  for (const std::string& name : request.regions)
    pairs.push_back({&require_row(baseline, name), &require_row(drug, name)});
  if (!request.regions.empty()) return pairs;
  for (const ParameterRow& row : baseline.rows) {
    if (const ParameterRow* other = row_named(drug, row.name))
      pairs.push_back({&row, other});
    else
      warnings.push_back("region '" + row.name + "' is missing in " + drug.source + " and left out");
  }
  for (const ParameterRow& row : drug.rows)
    if (row_named(baseline, row.name) == nullptr)
      warnings.push_back("region '" + row.name + "' is missing in " + baseline.source + " and left out");
  if (pairs.empty()) throw bad_input(drug.source, "no region of " + baseline.source, "tables of the same regions");
  return pairs;
}

Binding binding_of(const ParameterRow& row, std::size_t column) {
  const ParameterCell& cell = row.cells[column];
  return {cell.value.value_or(not_available), cell.standard_error.value_or(not_available)};
}

std::optional<double> known(double value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

OccupancyRow row_of(
    int index, const std::string& name, const Binding& baseline, const Binding& drug, const Occupancy& found) {
  OccupancyRow row;
  row.index = index;
  row.name = name;
  row.baseline = known(baseline.value);
  row.drug = known(drug.value);
  row.occupancy = known(found.value);
  row.standard_error = known(found.standard_error);
  row.lower = known(found.interval.lower);
  row.upper = known(found.interval.upper);
  row.status = name_of(found.status);
  row.flags = found.flags;
  return row;
}

// An occupancy is no better than the fits it comes from: a fit that is not ok lends its status to a row that would be
// ok, and is named in the flags.
void add_fit_status(OccupancyRow& row, const Pair& pair) {
  for (const auto& [scan, status] : {std::pair{"baseline_", pair.baseline->status}, {"drug_", pair.drug->status}}) {
    if (status == name_of(FitStatus::ok)) continue;
    row.flags.push_back(scan + status);
    if (row.status == name_of(FitStatus::ok)) row.status = status;
  }
}

// VT / VND - 1 with VND exact: the standard error scales.
Binding bpnd_from_volume(const Binding& VT, double VND) {
  return {VT.value / VND - 1.0, VT.standard_error / std::abs(VND)};
}

double vnd_of_scan(const ParameterTable& table, std::size_t column, const OccupancyRequest& request) {
  const double VND = request.vnd ? *request.vnd : binding_of(require_row(table, request.vnd_region), column).value;
  if (!(VND > 0.0)) throw bad_input(table.source, "VND " + std::to_string(VND), "a positive volume in mL/cm3");
  return VND;
}

void add_bpnd_rows(OccupancyResult& result,
                   const std::vector<Pair>& pairs,
                   const ParameterTable& baseline,
                   const ParameterTable& drug,
                   const OccupancyRequest& request) {
  const bool from_volume = request.vnd.has_value() || !request.vnd_region.empty();
  const std::string measure = !request.measure.empty() ? request.measure : from_volume ? "VT" : "BPND";
  const std::size_t column_b = baseline.column(measure);
  const std::size_t column_d = drug.column(measure);
  result.table.measure = from_volume ? "BPND" : measure;
  for (const Pair& pair : pairs) {
    Binding b = binding_of(*pair.baseline, column_b);
    Binding d = binding_of(*pair.drug, column_d);
    if (from_volume) {
      b = bpnd_from_volume(b, vnd_of_scan(baseline, column_b, request));
      d = bpnd_from_volume(d, vnd_of_scan(drug, column_d, request));
    }
    OccupancyRow row =
        row_of(pair.baseline->index, pair.baseline->name, b, d, occupancy_from_binding(b, d, request.level));
    add_fit_status(row, pair);
    result.table.rows.push_back(std::move(row));
  }
}

OccupancyRow plot_row(const LassenPlot& plot, std::span<const double> volumes_b, std::span<const double> volumes_d) {
  const auto mean = [](std::span<const double> v) {
    return std::accumulate(v.begin(), v.end(), 0.0) / static_cast<double>(v.size());
  };
  const Occupancy occupancy{plot.occupancy, plot.occupancy_se, plot.occupancy_interval, plot.status, plot.flags};
  OccupancyRow row = row_of(0, "lassen", {mean(volumes_b)}, {mean(volumes_d)}, occupancy);
  row.extra = {known(plot.VND),
               known(plot.VND_se),
               known(plot.VND_interval.lower),
               known(plot.VND_interval.upper),
               known(plot.r2),
               static_cast<double>(plot.regions)};
  return row;
}

void add_lassen_rows(OccupancyResult& result,
                     const std::vector<Pair>& pairs,
                     const ParameterTable& baseline,
                     const ParameterTable& drug,
                     const OccupancyRequest& request) {
  const std::string measure = request.measure.empty() ? "VT" : request.measure;
  const std::size_t column_b = baseline.column(measure);
  const std::size_t column_d = drug.column(measure);
  result.table.measure = measure;
  result.table.extra_columns = {"VND", "VND_se", "VND_lower", "VND_upper", "r2", "regions"};
  std::vector<double> volumes_b;
  std::vector<double> volumes_d;
  for (const Pair& pair : pairs) {
    const double b = binding_of(*pair.baseline, column_b).value;
    const double d = binding_of(*pair.drug, column_d).value;
    if (!std::isfinite(b) || !std::isfinite(d)) {
      result.warnings.push_back("region '" + pair.baseline->name + "' has no " + measure +
                                " in both scans and is not in the plot");
      continue;
    }
    volumes_b.push_back(b);
    volumes_d.push_back(d);
  }
  result.plot = lassen_plot(volumes_b, volumes_d, request.regression, request.level);
  result.table.rows.push_back(plot_row(*result.plot, volumes_b, volumes_d));
  for (const Pair& pair : pairs) {
    const Binding b = binding_of(*pair.baseline, column_b);
    const Binding d = binding_of(*pair.drug, column_d);
    OccupancyRow row = row_of(pair.baseline->index, pair.baseline->name, b, d,
                              occupancy_from_volumes(b, d, result.plot->VND, request.level));
    row.extra.assign(result.table.extra_columns.size(), std::nullopt);
    if (result.plot->status != FitStatus::ok) {
      row.flags.push_back("plot_unidentifiable");
      if (row.status == "ok") row.status = "unidentifiable";
    }
    add_fit_status(row, pair);
    result.table.rows.push_back(std::move(row));
  }
}

}  // namespace

OccupancyMethod occupancy_method(std::string_view name) {
  if (name == "bpnd") return OccupancyMethod::bpnd;
  if (name == "lassen") return OccupancyMethod::lassen;
  throw UsageError("no method '" + std::string(name) + "'; there are: bpnd, lassen");
}

LassenRegression lassen_regression(std::string_view name) {
  if (name == "ordinary") return LassenRegression::ordinary;
  if (name == "orthogonal") return LassenRegression::orthogonal;
  throw UsageError("no regression '" + std::string(name) + "'; there are: ordinary, orthogonal");
}

OccupancyResult occupancy_of_scans(const ParameterTable& baseline,
                                   const ParameterTable& drug,
                                   const OccupancyRequest& request) {
  OccupancyResult result;
  const std::vector<Pair> pairs = matched(baseline, drug, request, result.warnings);
  if (request.method == OccupancyMethod::lassen)
    add_lassen_rows(result, pairs, baseline, drug, request);
  else
    add_bpnd_rows(result, pairs, baseline, drug, request);
  for (const OccupancyRow& row : result.table.rows)
    if (row.status == name_of(FitStatus::failed)) ++result.failed;
  return result;
}

}  // namespace pet
