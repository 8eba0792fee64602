// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

#include "libpet/decay.h"
#include "libpet/error.h"
#include "libpet/io/detail/bids_name.h"
#include "libpet/io/detail/blood_table.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/table_sidecars.h"
#include "libpet/io/detail/tracer.h"
#include "libpet/io/units.h"

namespace pet::detail {
namespace {

struct KnownColumn {
  const char* name;
  BloodKind kind;
  const char* available;  ///< what the sidecar says of it
};

constexpr std::array known_columns = {
    KnownColumn{"whole_blood_radioactivity", BloodKind::whole_blood, "WholeBloodAvail"},
    KnownColumn{"plasma_radioactivity", BloodKind::plasma, "PlasmaAvail"},
    KnownColumn{"metabolite_parent_fraction", BloodKind::parent_fraction, "MetaboliteAvail"},
};

Recording recording_of(const std::string& path) {
  const auto entities = entities_of(path);
  const auto recording = entities.find("recording");
  if (recording == entities.end()) return Recording::unknown;
  if (recording->second == "autosampler") return Recording::autosampler;
  return recording->second == "manual" ? Recording::manual : Recording::unknown;
}

Sidecar sidecar_of(const std::string& path, const BloodUnits& units) {
  if (auto sidecar = sidecar_if_present(own_sidecar(path))) return *std::move(sidecar);
  if (!units.activity.empty()) return Sidecar::parse("{}", own_sidecar(path));
  throw bad_input(path, "no sidecar",
                  own_sidecar(path).string() +
                      R"( that states the units, for example {"whole_blood_radioactivity": {"Units": "kBq/mL"}})");
}

// Some programs pad a table with rows of zeros at its end; no sample is taken at time zero after later ones.
std::size_t rows_before_padding(const Tsv& tsv, std::size_t time, std::vector<std::string>& notes) {
  const auto is_padding = [&](std::size_t row) {
    for (std::size_t c = 0; c < tsv.header().size(); ++c) {
      const auto value = parse_number(tsv.cell(row, c));
      if (c == time ? value != 0.0 : value.value_or(0.0) != 0.0) return false;
    }
    return true;
  };
  bool has_later = false;
  for (std::size_t r = 0; r < tsv.rows(); ++r) has_later = has_later || parse_number(tsv.cell(r, time)) > 0.0;
  std::size_t rows = tsv.rows();
  while (has_later && rows > 0 && is_padding(rows - 1)) --rows;
  if (rows < tsv.rows())
    notes.push_back(tsv.where(rows, time) + ": " + std::to_string(tsv.rows() - rows) +
                    " rows of zeros at the end left out");
  return rows;
}

double time_unit_min(const Sidecar& sidecar, const BloodUnits& units) {
  const std::string unit = sidecar.text("time/Units").value_or(units.time.empty() ? "s" : units.time);
  const auto seconds = in_s(unit);
  if (!seconds) throw sidecar.error("time/Units", "'" + unit + "'", "s or min");
  if (!units.time.empty() && in_s(units.time) != seconds)
    throw sidecar.error("time/Units", "'" + unit + "'", "'" + units.time + "' as stated with the request");
  return *seconds / 60.0;
}

std::vector<double> times_min(const Tsv& tsv, std::size_t time, double unit_min, std::vector<std::string>& notes) {
  std::vector<double> times(rows_before_padding(tsv, time, notes));
  for (std::size_t r = 0; r < times.size(); ++r) {
    times[r] = tsv.required_number(r, time) * unit_min;
    if (r > 0 && times[r] < times[r - 1])
      throw bad_input(tsv.where(r, time), tsv.cell(r, time) + " after " + tsv.cell(r - 1, time),
                      "samples in order of time");
  }
  return times;
}

// How many units of the file make one of ours.
double per_unit(const Sidecar& sidecar, const KnownColumn& column, const BloodUnits& units, std::string& unit) {
  const std::string key = std::string(column.name) + "/Units";
  const auto stated = sidecar.has(key) ? sidecar.text(key) : sidecar.text("Units");
  if (!is_activity(column.kind)) return stated == "%" || stated == "percent" ? 100.0 : 1.0;
  unit = stated.value_or(units.activity);
  return per_kBq_per_mL(stated, units.activity, sidecar.source() + " key '" + key + "'",
                        R"("Bq/mL" or "kBq/mL" there)");
}

void read_availability(BloodTable& table, const Sidecar& sidecar) {
  for (const KnownColumn& known : known_columns) {
    const auto available = sidecar.boolean(known.available);
    if (!available) continue;
    if (*available) table.claims.push_back({known.kind, sidecar.source() + " key '" + known.available + "'"});
    for (const BloodColumn& column : table.columns)
      if (!*available && column.kind == known.kind && !column.samples.empty())
        throw sidecar.error(known.available, "false", "true, as " + table.source + " has " + known.name);
  }
}

void read_dispersion(BloodTable& table, const Sidecar& sidecar) {
  table.is_dispersion_corrected = sidecar.boolean("DispersionCorrected");
  const auto constant = sidecar.number("DispersionConstant");
  if (!constant) return;
  const std::string unit = sidecar.text("DispersionConstantUnits").value_or("s");
  const auto seconds = in_s(unit);
  if (!seconds) throw sidecar.error("DispersionConstantUnits", "'" + unit + "'", "s or min");
  if (!(*constant > 0.0)) throw sidecar.error("DispersionConstant", format_number(*constant), "a positive time");
  table.dispersion_constant_min = *constant * *seconds / 60.0;
}

// BIDS asks for percent; files hold fractions too. A number that could be both is settled by its unit or its size, and
// the note says which way.
void read_free_fraction(BloodTable& table, const Sidecar& sidecar) {
  const auto value = sidecar.number("PlasmaFreeFraction");
  if (!value) return;
  const std::string found = format_number(*value);
  if (!(*value >= 0.0 && *value <= 100.0)) throw sidecar.error("PlasmaFreeFraction", found, "0 to 100 percent");
  const auto unit = sidecar.text("PlasmaFreeFractionUnits");
  const bool says_percent = unit == "%" || unit == "percent";
  const bool says_fraction = unit == "1" || unit == "fraction" || unit == "unitless";
  if (unit && !says_percent && !says_fraction)
    throw sidecar.error("PlasmaFreeFractionUnits", "'" + *unit + "'", "'percent' or 'fraction'");
  if (says_fraction && *value > 1.0) throw sidecar.error("PlasmaFreeFraction", found, "a fraction from 0 to 1");
  if (!unit && *value == 1.0)
    throw sidecar.error("PlasmaFreeFraction", "1, which may be all or one percent",
                        "PlasmaFreeFractionUnits 'percent' or 'fraction'");
  const bool is_percent = unit ? says_percent : *value > 1.0;
  table.plasma_free_fraction = is_percent ? *value / 100.0 : *value;
  if (!unit)
    table.notes.push_back(sidecar.source() + ": PlasmaFreeFraction " + found + " taken as " +
                          (is_percent ? "percent" : "a fraction") + " because of its size; PlasmaFreeFractionUnits " +
                          "('percent' or 'fraction') would settle it");
}

// Times count from TimeZero, to which the activities are corrected; ours count from the injection.
void move_to_injection(BloodTable& table, const Sidecar& image) {
  const double injection_min = image.number("InjectionStart").value_or(0.0) / 60.0;
  if (injection_min == 0.0) return;
  const auto half_life_min = tracer_of(image).half_life_min;
  if (!half_life_min)
    throw image.error("InjectionStart", format_number(injection_min * 60.0) + " and no half-life",
                      "RadionuclideHalfLife in seconds, or TracerRadionuclide, to correct the blood to the injection");
  const double factor = decay_reference_shift(0.0, injection_min, *half_life_min);
  for (BloodColumn& column : table.columns)
    for (BloodSample& sample : column.samples) {
      sample.time_min -= injection_min;
      if (is_activity(column.kind)) sample.value *= factor;
    }
  table.notes.push_back(table.source + ": times and decay moved from time zero to the InjectionStart of " +
                        image.source());
}

}  // namespace

BloodTable read_bids_blood(const std::string& path, const Tsv& tsv, const BloodUnits& units) {
  const std::size_t time = tsv.column("time");
  const Sidecar sidecar = sidecar_of(path, units);
  BloodTable table;
  table.source = path;
  table.recording = recording_of(path);
  const std::vector<double> times = times_min(tsv, time, time_unit_min(sidecar, units), table.notes);
  for (const KnownColumn& known : known_columns) {
    const auto found = tsv.find(known.name);
    if (!found) continue;
    BloodColumn column;
    column.kind = known.kind;
    column.name = known.name;
    const double divisor = per_unit(sidecar, known, units, column.unit);
    column.samples = blood_samples(tsv, *found, times, divisor, table.notes);
    table.columns.push_back(std::move(column));
  }
  if (table.columns.empty())
    throw bad_input(path + ":1", "no column of blood",
                    "whole_blood_radioactivity, plasma_radioactivity or metabolite_parent_fraction");
  read_availability(table, sidecar);
  read_dispersion(table, sidecar);
  read_free_fraction(table, sidecar);
  if (const auto image = image_sidecar(path)) move_to_injection(table, *image);
  return table;
}

}  // namespace pet::detail
