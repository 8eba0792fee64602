// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/input_function_file.h"

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/detail/blood_recording.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/table_sidecars.h"
#include "libpet/io/tsv.h"
#include "libpet/io/units.h"

namespace pet {
namespace {

namespace fs = std::filesystem;
using detail::Sidecar;

struct ActivityColumn {
  const char* name;
  const char* description;
  std::vector<double> InputFunction::*values;
};

// In the order in which they are written.
constexpr std::array activity_columns = {
    ActivityColumn{"whole_blood_radioactivity", "Radioactivity in whole blood", &InputFunction::whole_blood},
    ActivityColumn{"plasma_radioactivity", "Total radioactivity in arterial plasma", &InputFunction::plasma},
    ActivityColumn{"AIF", "Metabolite-corrected arterial plasma", &InputFunction::parent_plasma},
};
constexpr const char* fraction_column = "metabolite_parent_fraction";

Sidecar sidecar_of(const fs::path& path) {
  if (auto sidecar = detail::table_sidecar(path, "inputfunction.json")) return *std::move(sidecar);
  throw bad_input(
      path.string(), "no sidecar",
      detail::own_sidecar(path).string() + R"( that states the units, for example {"AIF": {"Units": "Bq/mL"}})");
}

// How many units of the file make one of ours.
double per_unit(const Sidecar& sidecar, const std::string& column) {
  const std::string key = column + "/Units";
  const auto unit = sidecar.has(key) ? sidecar.text(key) : sidecar.text("Units");
  if (!unit) throw sidecar.error(key, "no unit", R"("Bq/mL" or "kBq/mL" there)");
  // bloodstream writes the activity of one mL as "Bq".
  const auto factor = in_kBq_per_mL(in_MBq(*unit) ? *unit + "/mL" : *unit);
  if (!factor) throw sidecar.error(key, "'" + *unit + "'", "Bq/mL or kBq/mL");
  return 1.0 / *factor;
}

double minutes_divisor(const Sidecar& sidecar) {
  const std::string unit = sidecar.text("time/Units").value_or("s");
  if (const auto seconds = in_s(unit)) return 60.0 / *seconds;
  throw sidecar.error("time/Units", "'" + unit + "'", "s or min");
}

std::vector<double> column_values(const Tsv& tsv, std::size_t column, double divisor) {
  std::vector<double> values(tsv.rows());
  for (std::size_t r = 0; r < tsv.rows(); ++r) values[r] = tsv.required_number(r, column) / divisor;
  return values;
}

void check_times(const Tsv& tsv, std::size_t time) {
  if (tsv.rows() < 2) throw bad_input(tsv.source(), std::to_string(tsv.rows()) + " rows", "at least two samples");
  for (std::size_t r = 1; r < tsv.rows(); ++r)
    if (!(tsv.required_number(r, time) > tsv.required_number(r - 1, time)))
      throw bad_input(tsv.where(r, time), tsv.cell(r, time) + " after " + tsv.cell(r - 1, time),
                      "times that increase strictly");
}

void check_fractions(const Tsv& tsv, std::size_t column, const std::vector<double>& fractions) {
  constexpr double tolerance = 1e-6;
  for (std::size_t r = 0; r < fractions.size(); ++r)
    if (fractions[r] < -tolerance || fractions[r] > 1.0 + tolerance)
      throw bad_input(tsv.where(r, column), tsv.cell(r, column), "a fraction from 0 to 1");
}

// PMOD has no name for corrected plasma: a plasma without a parent fraction beside it is the input curve.
InputFunction read_pmod_input(const std::string& path) {
  using detail::BloodCurve;
  const detail::BloodRecording file = detail::read_pmod_blood(path, {});
  const SampleSeries& corrected = file[BloodCurve::parent_plasma];
  const SampleSeries& plasma = file[BloodCurve::plasma];
  const SampleSeries& blood = file[BloodCurve::whole_blood];
  const SampleSeries& parent = corrected.empty() ? plasma : corrected;
  if (parent.empty())
    throw bad_input(path + ":1", "no curve of plasma", "plasma-corrected[kBq/cc], metabolite-corrected plasma");
  if (corrected.empty() && !file[BloodCurve::parent_fraction].empty())
    throw bad_input(path + ":1", "plasma beside a parent fraction",
                    "plasma-corrected; such samples are what an input function is made from");
  if (parent.size() < 2) throw bad_input(path, std::to_string(parent.size()) + " samples", "at least two samples");
  if (!blood.empty() && blood.time_min != parent.time_min)
    throw bad_input(path, "plasma and whole blood at different times", "a value of both in every line");
  InputFunction input{parent.time_min, parent.value, blood.value, {}, {}};
  if (!corrected.empty() && plasma.time_min == corrected.time_min) input.plasma = plasma.value;
  return input;
}

}  // namespace

InputFunction read_input_function(const std::string& path) {
  if (detail::is_pmod_blood(path)) return read_pmod_input(path);
  const Tsv tsv = Tsv::read(path);
  const std::size_t time = tsv.column("time");
  tsv.column("AIF");
  check_times(tsv, time);
  const Sidecar sidecar = sidecar_of(path);

  InputFunction input;
  input.time_min = column_values(tsv, time, minutes_divisor(sidecar));
  for (const ActivityColumn& column : activity_columns)
    if (const auto found = tsv.find(column.name))
      input.*column.values = column_values(tsv, *found, per_unit(sidecar, column.name));
  if (const auto found = tsv.find(fraction_column)) {
    input.parent_fraction = column_values(tsv, *found, 1.0);
    check_fractions(tsv, *found, input.parent_fraction);
  }
  return input;
}

std::string input_function_text(const InputFunction& input) {
  std::vector<std::string> header = {"time"};
  std::vector<std::pair<const std::vector<double>*, double>> columns;
  for (const ActivityColumn& column : activity_columns) {
    if (column.values == &InputFunction::parent_plasma && !input.parent_fraction.empty()) {
      header.push_back(fraction_column);
      columns.emplace_back(&input.parent_fraction, 1.0);
    }
    if ((input.*column.values).empty()) continue;
    header.push_back(column.name);
    columns.emplace_back(&(input.*column.values), 1000.0);
  }
  TsvWriter writer(header);
  for (std::size_t i = 0; i < input.time_min.size(); ++i) {
    std::vector<std::string> row = {format_seconds(input.time_min[i])};
    for (const auto& [values, factor] : columns) row.push_back(format_number(values->at(i) * factor));
    writer.row(row);
  }
  return writer.text();
}

std::string input_function_sidecar_text(const InputFunction& input,
                                        const Provenance& provenance,
                                        const std::string& members_json) {
  detail::Json object;
  object["time"] = {{"Description", "Time after injection"}, {"Units", "s"}};
  for (const ActivityColumn& column : activity_columns)
    if (!(input.*column.values).empty())
      object[column.name] = {{"Description", column.description}, {"Units", "Bq/mL"}};
  if (!input.parent_fraction.empty())
    object[fraction_column] = {{"Description", "Fraction of the radioactivity in plasma that is unchanged tracer"},
                               {"Units", "1"}};
  object.update(detail::object_from(members_json));
  detail::add_provenance(object, provenance);
  return detail::text_of(object);
}

}  // namespace pet
