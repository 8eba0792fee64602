// SPDX-License-Identifier: Apache-2.0
#include <cctype>
#include <cmath>

#include "libpet/decay.h"
#include "libpet/io/detail/tracer.h"
#include "libpet/io/tsv.h"
#include "libpet/io/units.h"

namespace pet::detail {
namespace {

// "11C", "[18F]" and "C-11" as "C11"; what is not one symbol and one number stays as it is.
std::string nuclide_name(const std::string& text) {
  std::string letters;
  std::string digits;
  for (const unsigned char c : text) {
    if (std::isalpha(c)) letters += static_cast<char>(c);
    if (std::isdigit(c)) digits += static_cast<char>(c);
  }
  return letters.empty() || letters.size() > 2 || digits.empty() ? text : letters + digits;
}

std::optional<double> half_life_min(const Sidecar& sidecar, const std::string& nuclide) {
  const auto known = half_life_of(nuclide);
  const auto seconds = sidecar.number("RadionuclideHalfLife");
  if (!seconds) return known;
  if (!(*seconds > 0.0))
    throw sidecar.error("RadionuclideHalfLife", format_number(*seconds) + " s", "a positive time in seconds");
  constexpr double tolerance = 0.02;
  if (known && std::abs(*seconds / 60.0 / *known - 1.0) > tolerance)
    throw sidecar.error("RadionuclideHalfLife", format_number(*seconds) + " s",
                        format_number(*known * 60.0) + " s for " + nuclide);
  return *seconds / 60.0;
}

// The amount in the unit that `factor_of` converts to. A text instead of a number ("n/a", "unknown") is no amount.
template <typename FactorOf>
std::optional<double> amount(const Sidecar& sidecar, const std::string& key, FactorOf factor_of) {
  const auto unit = sidecar.text(key + "Units");
  if (!unit) return std::nullopt;
  const std::optional<double> factor = factor_of(*unit);
  if (!factor) return std::nullopt;
  const auto value = sidecar.number(key);
  if (!value) return std::nullopt;
  return *value * *factor;
}

std::optional<double> injected_mass_ug(const Sidecar& sidecar) {
  if (const auto mass = amount(sidecar, "InjectedMass", in_ug)) return mass;
  const auto nmol = amount(sidecar, "InjectedMass", in_nmol);
  const auto g_per_mol = sidecar.number("TracerMolecularWeight");
  if (!nmol || !g_per_mol || sidecar.text("TracerMolecularWeightUnits").value_or("g/mol") != "g/mol")
    return std::nullopt;
  return *nmol * *g_per_mol * 1e-3;
}

}  // namespace

Radiopharmaceutical tracer_of(const Sidecar& sidecar) {
  Radiopharmaceutical tracer;
  tracer.name = sidecar.text("TracerName").value_or("");
  tracer.radionuclide = nuclide_name(sidecar.text("TracerRadionuclide").value_or(""));
  tracer.half_life_min = half_life_min(sidecar, tracer.radionuclide);
  tracer.injected_activity_MBq = amount(sidecar, "InjectedRadioactivity", in_MBq);
  tracer.injected_mass_ug = injected_mass_ug(sidecar);
  tracer.molar_activity_GBq_per_umol = amount(sidecar, "MolarActivity", in_GBq_per_umol);
  if (!tracer.molar_activity_GBq_per_umol)
    tracer.molar_activity_GBq_per_umol = amount(sidecar, "SpecificRadioactivity", in_GBq_per_umol);
  return tracer;
}

void fill_missing(Radiopharmaceutical& tracer, const Radiopharmaceutical& other) {
  const auto fill = [](auto& value, const auto& replacement) {
    if (!value) value = replacement;
  };
  if (tracer.name.empty()) tracer.name = other.name;
  if (tracer.radionuclide.empty()) tracer.radionuclide = other.radionuclide;
  fill(tracer.half_life_min, other.half_life_min);
  fill(tracer.injected_activity_MBq, other.injected_activity_MBq);
  fill(tracer.injected_mass_ug, other.injected_mass_ug);
  fill(tracer.molar_activity_GBq_per_umol, other.molar_activity_GBq_per_umol);
}

void add_tracer(Json& object, const Radiopharmaceutical& tracer) {
  const auto add_amount = [&](const char* key, const std::optional<double>& value, const char* unit) {
    if (!value) return;
    object[key] = number_or_null(*value);
    object[std::string(key) + "Units"] = unit;
  };
  if (!tracer.name.empty()) object["TracerName"] = tracer.name;
  if (!tracer.radionuclide.empty()) object["TracerRadionuclide"] = tracer.radionuclide;
  if (tracer.half_life_min) object["RadionuclideHalfLife"] = number_or_null(*tracer.half_life_min * 60.0);
  add_amount("InjectedRadioactivity", tracer.injected_activity_MBq, "MBq");
  add_amount("InjectedMass", tracer.injected_mass_ug, "ug");
  add_amount("MolarActivity", tracer.molar_activity_GBq_per_umol, "GBq/umol");
}

}  // namespace pet::detail
