// SPDX-License-Identifier: Apache-2.0
#include "libpet/decay.h"

#include <array>
#include <cctype>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include "libpet/error.h"

namespace pet {
namespace {

struct Radionuclide {
  std::string_view symbol;
  int mass;
  double half_life_s;
};

// Where each comes from is in docs/units.md: C-11 and F-18 as PET scanners write them, the others as commonly used.
constexpr std::array radionuclides = {
    Radionuclide{"C", 11, 1220.04}, Radionuclide{"F", 18, 6586.2},    Radionuclide{"N", 13, 597.9},
    Radionuclide{"O", 15, 122.24},  Radionuclide{"Ga", 68, 4062.6},   Radionuclide{"Cu", 64, 45721.0},
    Radionuclide{"Rb", 82, 75.45},  Radionuclide{"Zr", 89, 282240.0}, Radionuclide{"I", 124, 360806.0},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> full_names = {{{"carbon", "c"},
                                                                                      {"fluorine", "f"},
                                                                                      {"nitrogen", "n"},
                                                                                      {"oxygen", "o"},
                                                                                      {"gallium", "ga"},
                                                                                      {"copper", "cu"},
                                                                                      {"rubidium", "rb"},
                                                                                      {"zirconium", "zr"},
                                                                                      {"iodine", "i"}}};

}  // namespace

double decay_constant(double half_life_min) {
  if (!(half_life_min > 0.0) || !std::isfinite(half_life_min))
    throw bad_input("half-life", std::to_string(half_life_min * 60.0) + " s", "a positive time");
  return std::numbers::ln2 / half_life_min;
}

double frame_decay_factor(double start_min, double end_min, double half_life_min, double reference_min) {
  const double lambda = decay_constant(half_life_min);
  const double x = lambda * (end_min - start_min);
  // x / (1 - exp(-x)) tends to 1 + x / 2.
  const double within = std::abs(x) < 1e-12 ? 1.0 + 0.5 * x : x / -std::expm1(-x);
  return std::exp(lambda * (start_min - reference_min)) * within;
}

double decay_reference_shift(double from_min, double to_min, double half_life_min) {
  return std::exp(decay_constant(half_life_min) * (from_min - to_min));
}

std::optional<double> half_life_of(std::string_view radionuclide) {
  std::string letters;
  std::string digits;
  for (const unsigned char c : radionuclide) {
    if (std::isalpha(c)) letters += static_cast<char>(std::tolower(c));
    if (std::isdigit(c)) digits += static_cast<char>(c);
  }
  for (const auto& [name, symbol] : full_names)
    if (letters == name) letters = symbol;
  for (const Radionuclide& known : radionuclides) {
    std::string symbol(known.symbol);
    for (char& c : symbol) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (letters == symbol && digits == std::to_string(known.mass)) return known.half_life_s / 60.0;
  }
  return std::nullopt;
}

}  // namespace pet
