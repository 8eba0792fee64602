// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/units.h"

#include <array>
#include <cctype>
#include <string>
#include <utility>

namespace pet {
namespace {

constexpr double Bq_per_Ci = 3.7e10;

std::string lower_case(std::string_view text) {
  std::string lower;
  for (const unsigned char c : text) lower += static_cast<char>(std::tolower(c));
  return lower;
}

// The power of ten of a prefix. "m" and "M" differ by case, all others do not.
std::optional<double> prefix_factor(std::string_view prefix) {
  constexpr std::array<std::pair<std::string_view, double>, 11> factors = {{{"", 1.0},
                                                                            {"T", 1e12},
                                                                            {"G", 1e9},

                                                                            {"M", 1e6},
                                                                            {"k", 1e3},
                                                                            {"K", 1e3},
                                                                            {"m", 1e-3},
                                                                            {"u", 1e-6},
                                                                            {"\u00b5", 1e-6},
                                                                            {"n", 1e-9},
                                                                            {"p", 1e-12}}};
  for (const auto& [name, factor] : factors)
    if (name == prefix) return factor;
  if (prefix == "\u03bc") return 1e-6;  // the Greek letter, as opposed to the micro sign
  return std::nullopt;
}

// "kBq" with base "bq" gives 1000.
std::optional<double> factor_to_base(std::string_view unit, std::string_view base) {
  if (unit.size() < base.size()) return std::nullopt;
  const std::string_view prefix = unit.substr(0, unit.size() - base.size());
  if (lower_case(unit.substr(prefix.size())) != base) return std::nullopt;
  return prefix_factor(prefix);
}

std::optional<double> in_Bq(std::string_view unit) {
  if (const auto factor = factor_to_base(unit, "bq")) return factor;
  if (const auto factor = factor_to_base(unit, "ci")) return *factor * Bq_per_Ci;
  return std::nullopt;
}

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text)
    if (c != ' ' && c != '[' && c != ']') kept += c;
  return kept;
}

std::optional<double> times(std::optional<double> factor, double other) {
  if (factor) *factor *= other;
  return factor;
}

}  // namespace

std::optional<double> in_kBq_per_mL(std::string_view unit) {
  const std::string text = without_blanks(unit);
  const std::string lower = lower_case(text);
  for (const std::string_view volume : {"/ml", "/cc", "/cm3", "/cm^3", ".ml-1", "*ml-1", "ml-1", "ml"}) {
    if (!lower.ends_with(volume)) continue;
    return times(in_Bq(std::string_view(text).substr(0, text.size() - volume.size())), 1e-3);
  }
  return std::nullopt;
}

std::optional<double> in_MBq(std::string_view unit) {
  return times(in_Bq(without_blanks(unit)), 1e-6);
}

std::optional<double> in_ug(std::string_view unit) {
  return times(factor_to_base(without_blanks(unit), "g"), 1e6);
}

std::optional<double> in_nmol(std::string_view unit) {
  return times(factor_to_base(without_blanks(unit), "mol"), 1e9);
}

std::optional<double> in_GBq_per_umol(std::string_view unit) {
  const std::string text = without_blanks(unit);
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto activity = in_Bq(std::string_view(text).substr(0, slash));
  const auto amount = factor_to_base(std::string_view(text).substr(slash + 1), "mol");
  if (!activity || !amount) return std::nullopt;
  return *activity / *amount * 1e-15;  // Bq/mol to GBq/umol
}

std::optional<double> in_s(std::string_view unit) {
  if (unit == "s" || unit == "sec" || unit == "seconds") return 1.0;
  if (unit == "min" || unit == "minutes") return 60.0;
  return std::nullopt;
}

}  // namespace pet
