// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "libpet/error.h"
#include "libpet/io/detail/bids_name.h"
#include "libpet/io/detail/blood_recording.h"
#include "libpet/io/detail/json.h"
#include "libpet/io/detail/table_sidecars.h"
#include "libpet/io/units.h"

namespace pet::detail {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<const char*, BloodCurve>, 8> columns = {{
    {"whole_blood_radioactivity", BloodCurve::whole_blood},
    {"plasma_radioactivity", BloodCurve::plasma},
    {"AIF", BloodCurve::parent_plasma},
    {"plasma_to_blood_ratio", BloodCurve::plasma_to_blood_ratio},
    {"plasma_to_blood", BloodCurve::plasma_to_blood_ratio},
    {"plasma_over_blood", BloodCurve::plasma_to_blood_ratio},
    {"BPR", BloodCurve::plasma_to_blood_ratio},
    {"metabolite_parent_fraction", BloodCurve::parent_fraction},
}};

Sidecar sidecar_of(const std::string& path, const BloodUnits& units) {
  if (auto sidecar = sidecar_if_present(own_sidecar(path))) return *std::move(sidecar);
  if (!units.activity.empty()) return Sidecar::parse("{}", own_sidecar(path));
  throw bad_input(
      path, "no sidecar and no unit",
      own_sidecar(path).string() +
          R"( that states the units, as {"plasma_radioactivity": {"Units": "kBq/mL"}}, or a unit given by you)");
}

// What a value of the column is multiplied by to be in kBq/mL.
double activity_factor(const Sidecar& sidecar, const std::string& column, const std::string& stated) {
  const std::string key = column + "/Units";
  auto unit = sidecar.has(key) ? sidecar.text(key) : sidecar.text("Units");
  if (!unit && stated.empty())
    throw sidecar.error(key, "no unit", R"("Bq/mL" or "kBq/mL" there, or a unit given by you)");
  const auto factor_of = [](const std::string& text) { return in_kBq_per_mL(in_MBq(text) ? text + "/mL" : text); };
  const auto factor = factor_of(unit.value_or(stated));
  if (!factor) {
    if (!unit) throw UsageError("a unit of blood '" + stated + "': Bq/mL, kBq/mL, nCi/mL");
    throw sidecar.error(key, "'" + *unit + "'", "Bq/mL or kBq/mL");
  }
  if (unit && !stated.empty() && factor_of(stated) != factor)
    throw sidecar.error(key, "'" + *unit + "'", stated + " as given by you");
  return *factor;
}

double fraction_factor(const Sidecar& sidecar, const std::string& column) {
  const std::string unit = sidecar.text(column + "/Units").value_or("1");
  return unit == "%" || unit == "percent" ? 0.01 : 1.0;
}

double seconds_per_unit(const Sidecar& sidecar, const std::string& stated) {
  const auto unit = sidecar.text("time/Units");
  const auto seconds = in_s(unit.value_or(stated.empty() ? "s" : stated));
  if (!seconds && !unit) throw UsageError("a unit of time '" + stated + "': s or min");
  if (!seconds) throw sidecar.error("time/Units", "'" + *unit + "'", "s or min");
  if (unit && !stated.empty() && in_s(stated) != seconds)
    throw sidecar.error("time/Units", "'" + *unit + "'", stated + " as given by you");
  return *seconds;
}

// InjectionStart of the image in the folder, where there is one and those that there are agree.
double injection_start_s(const fs::path& path) {
  const fs::path folder = path.parent_path().empty() ? fs::path(".") : path.parent_path();
  std::optional<double> start;
  for (const fs::path& candidate : companions(path, folder, "_pet.json")) {
    const Sidecar image(candidate);
    const double found = image.number("InjectionStart").value_or(0.0);
    if (start && *start != found)
      throw image.error("InjectionStart", format_number(found) + " s",
                        format_number(*start) + " s as in the other image of this session");
    start = found;
  }
  return start.value_or(0.0);
}

void read_dispersion(BloodRecording& recording, const Sidecar& sidecar) {
  recording.is_dispersion_corrected = sidecar.boolean("DispersionCorrected");
  const auto constant = sidecar.number("DispersionConstant");
  if (!constant) return;
  const std::string unit = sidecar.text("DispersionConstantUnits").value_or("s");
  const auto seconds = in_s(unit);
  if (!seconds) throw sidecar.error("DispersionConstantUnits", "'" + unit + "'", "s or min");
  if (!(*constant >= 0.0)) throw sidecar.error("DispersionConstant", format_number(*constant), "0 or more");
  recording.dispersion_constant_min = *constant * *seconds / 60.0;
}

// BIDS says percent, laboratories write fractions: a value up to 1 without a unit could be either.
void read_free_fraction(BloodRecording& recording, const Sidecar& sidecar) {
  const std::string key = "PlasmaFreeFraction";
  const auto value = sidecar.number(key);
  if (!value) return;
  const auto unit = sidecar.text(key + "Units");
  const bool is_percent = unit ? *unit == "%" || *unit == "percent" : *value > 1.0;
  if (unit && !is_percent && *unit != "1" && *unit != "fraction" && *unit != "unitless")
    throw sidecar.error(key + "Units", "'" + *unit + "'", "percent or fraction");
  const double fraction = is_percent ? *value / 100.0 : *value;
  if (!(fraction >= 0.0 && fraction <= 1.0))
    throw sidecar.error(key, format_number(*value), is_percent ? "0 to 100 percent" : "a fraction from 0 to 1");
  const std::string said = sidecar.source() + " key '" + key + "': " + format_number(*value);
  if (!unit && *value > 0.0 && *value <= 1.0) {
    recording.notes.push_back(said + " was passed over: percent or fraction? State " + key + "Units");
    return;
  }
  recording.plasma_free_fraction = fraction;
  if (!unit) recording.notes.push_back(said + " was taken as percent");
}

void compare_availability(BloodRecording& recording, const Sidecar& sidecar) {
  constexpr std::array<std::pair<const char*, BloodCurve>, 3> claims = {
      {{"WholeBloodAvail", BloodCurve::whole_blood},
       {"PlasmaAvail", BloodCurve::plasma},
       {"MetaboliteAvail", BloodCurve::parent_fraction}}};
  for (const auto& [key, curve] : claims) {
    const auto claim = sidecar.boolean(key);
    const bool is_there = !recording[curve].empty();
    if (claim && *claim != is_there)
      recording.notes.push_back(sidecar.source() + " key '" + key + "' is " + (*claim ? "true" : "false") +
                                ", but the table has " + (is_there ? "" : "no ") + "samples of " + curve_name(curve));
  }
}

}  // namespace

BloodRecording read_bids_blood(const std::string& path, const BloodUnits& units) {
  const Tsv tsv = Tsv::read(path);
  const std::size_t time = tsv.column("time");
  const Sidecar sidecar = sidecar_of(path, units);
  const double s_per_unit = seconds_per_unit(sidecar, units.time);
  const double shift = injection_start_s(path) / s_per_unit;

  BloodRecording recording;
  recording.source = path;
  if (const std::size_t rows = rows_without_padding(tsv, time); rows < tsv.rows())
    recording.notes.push_back(path + ": " + std::to_string(tsv.rows() - rows) +
                              " rows of zeros at the end, the time too, were dropped");
  bool has_column = false;
  for (const auto& [name, curve] : columns) {
    const auto column = tsv.find(name);
    if (!column) continue;
    has_column = true;
    const double factor = is_activity(curve)                     ? activity_factor(sidecar, name, units.activity)
                          : curve == BloodCurve::parent_fraction ? fraction_factor(sidecar, name)
                                                                 : 1.0;
    add_curve(recording, curve, tsv, time, *column, s_per_unit / 60.0, shift, factor);
  }
  if (!has_column)
    throw bad_input(path + ":1", "no column of blood",
                    "whole_blood_radioactivity, plasma_radioactivity or metabolite_parent_fraction");
  read_dispersion(recording, sidecar);
  read_free_fraction(recording, sidecar);
  compare_availability(recording, sidecar);
  recording.is_autosampler = is_autosampler(recording);
  return recording;
}

}  // namespace pet::detail
