// SPDX-License-Identifier: Apache-2.0
#include "libpet/suv.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "libpet/error.h"

namespace pet {
namespace {

constexpr std::array<std::pair<std::string_view, SuvType>, 6> names = {{{"bw", SuvType::bw},
                                                                        {"lbm", SuvType::lbm},
                                                                        {"lbmjames128", SuvType::lbmjames128},
                                                                        {"lbmjanma", SuvType::lbmjanma},
                                                                        {"ibw", SuvType::ibw},
                                                                        {"bsa", SuvType::bsa}}};

// James' lean mass with the constant of men or women.
double james(double slope, double constant, double weight_kg, double height_cm) {
  return slope * weight_kg - constant * std::pow(weight_kg / height_cm, 2);
}

// The size of a man or a woman by one of the formulas that differ between them.
double size_by_sex(SuvType type, bool is_man, double weight_kg, double height_m) {
  const double height_cm = 100.0 * height_m;
  const double bmi = weight_kg / (height_m * height_m);
  switch (type) {
    case SuvType::lbm:
      return is_man ? james(1.10, 120.0, weight_kg, height_cm) : james(1.07, 148.0, weight_kg, height_cm);
    case SuvType::lbmjames128:
      return is_man ? james(1.10, 128.0, weight_kg, height_cm) : james(1.07, 148.0, weight_kg, height_cm);
    case SuvType::lbmjanma:
      return is_man ? 9270.0 * weight_kg / (6680.0 + 216.0 * bmi) : 9270.0 * weight_kg / (8780.0 + 244.0 * bmi);
    default:
      return is_man ? 48.0 + 1.06 * (height_cm - 152.0) : 45.5 + 0.91 * (height_cm - 152.0);
  }
}

double required(const std::optional<double>& value, const char* what, SuvType type, const std::string& where) {
  if (value) return *value;
  throw bad_input(where, std::string("no ") + what, "one, for SUV type " + std::string(name_of(type)));
}

double highest_activity(const TacTable& table) {
  double highest = 0.0;
  for (const std::vector<double>& curve : table.activity)
    for (const double value : curve) highest = std::max(highest, value);
  return highest;
}

}  // namespace

SuvType suv_type(std::string_view name) {
  std::string known;
  for (const auto& [text, type] : names) {
    if (text == name) return type;
    known += (known.empty() ? "" : ", ") + std::string(text);
  }
  throw UsageError("no SUV type '" + std::string(name) + "'; there are: " + known);
}

std::string_view name_of(SuvType type) {
  for (const auto& [text, known] : names)
    if (known == type) return text;
  return "bw";
}

double suv_size(SuvType type, const Body& body, const std::string& where) {
  double size = 0.0;
  if (type == SuvType::bw) {
    size = required(body.weight_kg, "weight of the patient (0010,1030)", type, where);
  } else {
    const double height_m = required(body.height_m, "height of the patient (0010,1020)", type, where);
    const double weight_kg =
        type == SuvType::ibw ? 0.0 : required(body.weight_kg, "weight of the patient (0010,1030)", type, where);
    if (type == SuvType::bsa) {
      size = 0.007184 * std::pow(weight_kg, 0.425) * std::pow(100.0 * height_m, 0.725);
    } else {
      if (body.sex != 'M' && body.sex != 'F' && body.sex != 'O')
        throw bad_input(where, "no sex of the patient (0010,0040)",
                        "M, F or O, for SUV type " + std::string(name_of(type)));
      const double man = size_by_sex(type, true, weight_kg, height_m);
      const double woman = size_by_sex(type, false, weight_kg, height_m);
      size = body.sex == 'M' ? man : body.sex == 'F' ? woman : 0.5 * (man + woman);
    }
  }
  if (!(size > 0.0))
    throw bad_input(where, "weight and height that give a size of " + std::to_string(size),
                    "a positive one, for SUV type " + std::string(name_of(type)));
  return size;
}

std::optional<double> peak_suv(const TacTable& table, double weight_kg) {
  const std::optional<double> dose = table.tracer.injected_activity_MBq;
  if (!dose || !(*dose > 0.0) || table.unit != ActivityUnit::kBq_per_mL || table.activity.empty()) return std::nullopt;
  return highest_activity(table) * weight_kg / *dose;
}

std::optional<double> peak_ratio(const TacTable& table, const InputFunction& input) {
  if (table.unit != ActivityUnit::kBq_per_mL || input.parent_plasma.empty()) return std::nullopt;
  const double tissue = highest_activity(table);
  const double plasma = *std::max_element(input.parent_plasma.begin(), input.parent_plasma.end());
  if (!(tissue > 0.0 && plasma > 0.0)) return std::nullopt;
  return tissue / plasma;
}

}  // namespace pet
