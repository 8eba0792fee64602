// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/density.h"

#include <algorithm>
#include <cmath>

#include "libpet/error.h"

namespace pet {
namespace {

constexpr double decade = 10.0;  // years

void require_sense(const DensityRequest& request) {
  if (!request.factor && request.norms.empty())
    throw UsageError("neither a factor for the density nor norms for z-scores");
  if (request.factor && !(request.factor->value > 0.0 && request.factor->standard_error >= 0.0))
    throw UsageError("factor " + format_number(request.factor->value) + " with standard error " +
                     format_number(request.factor->standard_error) +
                     ": expected a positive one, and an error not below 0");
  if (request.age && !(*request.age >= 0.0 && *request.age <= 130.0))
    throw UsageError("age " + format_number(*request.age) + ": expected years");
  normal_factor(request.level);
}

void add_density(DensityRow& row, const Binding& factor, double level) {
  row.density.value = factor.value * row.binding.value;
  row.density.standard_error =
      std::hypot(factor.value * row.binding.standard_error, row.binding.value * factor.standard_error);
  const double reach = normal_factor(level) * row.density.standard_error;
  row.interval = {row.density.value - reach, row.density.value + reach};
}

void add_z(DensityRow& row, const DensityRequest& request) {
  const auto norm =
      std::find_if(request.norms.begin(), request.norms.end(), [&](const Norm& n) { return n.name == row.name; });
  if (norm == request.norms.end()) {
    row.flags.push_back("no_norm");
    return;
  }
  row.expected = request.age ? expected_binding(*norm, *request.age, request.form) : norm->mean;
  row.z = {(row.binding.value - row.expected) / norm->sd, row.binding.standard_error / norm->sd};
}

}  // namespace

AgeForm age_form(std::string_view name) {
  if (name == "exponential") return AgeForm::exponential;
  if (name == "linear") return AgeForm::linear;
  throw UsageError("no form '" + std::string(name) + "' of a change with age; there are: exponential, linear");
}

std::vector<Norm> read_norms(const Tsv& table) {
  const auto positive = [&](std::size_t row, const char* column) {
    const double value = table.required_number(row, table.column(column));
    if (!(value > 0.0))
      throw bad_input(table.where(row, table.column(column)), format_number(value), "a positive number");
    return value;
  };
  const auto optional = [&](std::size_t row, const char* column) {
    const auto found = table.find(column);
    return found ? table.required_number(row, *found) : 0.0;
  };
  std::vector<Norm> norms;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    const std::string name = table.cell(r, table.column("name"));
    if (std::any_of(norms.begin(), norms.end(), [&](const Norm& n) { return n.name == name; }))
      throw bad_input(table.where(r), "region '" + name + "' once more", "every region once");
    norms.push_back(
        {name, positive(r, "mean"), positive(r, "sd"), optional(r, "age"), optional(r, "change_per_decade")});
  }
  return norms;
}

double expected_binding(const Norm& norm, double age, AgeForm form) {
  const double decades = (age - norm.age) / decade;
  const double expected = norm.mean * (form == AgeForm::linear ? 1.0 + norm.change_per_decade * decades
                                                               : std::pow(1.0 + norm.change_per_decade, decades));
  if (!(expected > 0.0))
    throw bad_input("norm of region '" + norm.name + "'",
                    "a mean of " + format_number(expected) + " at age " + format_number(age), "a positive one");
  return expected;
}

std::vector<DensityRow> density_rows(const ParameterTable& table, const DensityRequest& request) {
  require_sense(request);
  const std::size_t column = table.column(request.measure);
  std::vector<DensityRow> rows;
  for (const ParameterRow& fit : table.rows) {
    DensityRow row;
    row.index = fit.index;
    row.name = fit.name;
    row.status = fit.status;
    row.flags = fit.flags;
    row.interval = {not_available, not_available};
    const ParameterCell& cell = fit.cells[column];
    row.binding = {cell.value.value_or(not_available), cell.standard_error.value_or(not_available)};
    const bool is_ok = fit.status.empty() || fit.status == name_of(FitStatus::ok);
    if (!is_ok) row.binding.standard_error = not_available;
    if (request.factor) add_density(row, *request.factor, request.level);
    if (!request.norms.empty()) add_z(row, request);
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string density_table_text(const std::vector<DensityRow>& rows, const std::string& measure) {
  TsvWriter table({"index", "name", measure, measure + "_se", "Bmax", "Bmax_se", "Bmax_lower", "Bmax_upper", "expected",
                   "z", "z_se", "status", "flags"});
  const auto cell = [](double value) { return std::isfinite(value) ? format_number(value) : std::string("n/a"); };
  for (const DensityRow& row : rows) {
    std::string flags;
    for (const std::string& flag : row.flags) flags += (flags.empty() ? "" : ";") + flag;
    table.row({std::to_string(row.index), row.name, cell(row.binding.value), cell(row.binding.standard_error),
               cell(row.density.value), cell(row.density.standard_error), cell(row.interval.lower),
               cell(row.interval.upper), cell(row.expected), cell(row.z.value), cell(row.z.standard_error),
               row.status.empty() ? "n/a" : row.status, flags.empty() ? "n/a" : flags});
  }
  return table.text();
}

}  // namespace pet
