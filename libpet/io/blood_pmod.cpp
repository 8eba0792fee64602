// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "libpet/error.h"
#include "libpet/io/detail/blood_recording.h"
#include "libpet/io/detail/pmod_text.h"
#include "libpet/io/detail/text_file.h"

namespace pet::detail {
namespace {

using pmod::Title;

constexpr std::array<std::pair<const char*, BloodCurve>, 12> names = {{
    {"whole-blood", BloodCurve::whole_blood},
    {"whole_blood", BloodCurve::whole_blood},
    {"blood", BloodCurve::whole_blood},
    {"plasma", BloodCurve::plasma},
    {"plasma-corrected", BloodCurve::parent_plasma},
    {"corrected-plasma", BloodCurve::parent_plasma},
    {"parent-plasma", BloodCurve::parent_plasma},
    {"aif", BloodCurve::parent_plasma},
    {"plasma-fraction", BloodCurve::plasma_to_blood_ratio},
    {"plasma-ratio", BloodCurve::plasma_to_blood_ratio},
    {"parent-fraction", BloodCurve::parent_fraction},
    {"parent_fraction", BloodCurve::parent_fraction},
}};

// PMOD numbers columns that it has several of: "plasma.1" is a plasma.
std::optional<BloodCurve> curve_of(const std::string& name) {
  std::string plain = pmod::lower_case(name);
  if (plain.ends_with(".1")) plain.resize(plain.size() - 2);
  for (const auto& [known, curve] : names)
    if (plain == known) return curve;
  return std::nullopt;
}

}  // namespace

BloodRecording read_pmod_blood(const std::string& path, const BloodUnits& units) {
  const Tsv tsv = pmod::delimited_table(read_text_file(path), path);
  const std::string where = path + ":1";
  const Title time = pmod::title_of(tsv.header().front());
  const double min_per_unit = pmod::time_unit(time, units.time, where) / 60.0;

  BloodRecording recording;
  recording.source = path;
  for (std::size_t c = 1; c < tsv.header().size(); ++c) {
    const Title title = pmod::title_of(tsv.header()[c]);
    const auto curve = curve_of(title.name);
    if (!curve)
      throw bad_input(where, "a column '" + title.name + "'",
                      "whole-blood, plasma, plasma-corrected, plasma-fraction or parent-fraction");
    double factor = 1.0;
    if (is_activity(*curve)) {
      const auto unit = pmod::activity_unit(title, units.activity, where);
      if (!unit) throw UsageError("a unit of blood 'unknown': Bq/mL, kBq/mL, nCi/mL");
      factor = *unit;
    } else if (title.unit && *title.unit != "1/1" && *title.unit != "1") {
      if (*title.unit != "%") throw bad_input(where, "[" + *title.unit + "] after '" + title.name + "'", "[1/1]");
      factor = 0.01;
    }
    add_curve(recording, *curve, tsv, 0, c, min_per_unit, 0.0, factor);
  }
  if (tsv.header().size() < 2) throw bad_input(where, "one column", "times and a curve");
  recording.is_autosampler = is_autosampler(recording);
  return recording;
}

bool is_pmod_blood(const std::string& path) {
  const std::string name = pmod::lower_case(path);
  return name.ends_with(".bld") || name.ends_with(".crv");
}

}  // namespace pet::detail
