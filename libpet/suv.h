// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libpet/blood/input_function.h"
#include "libpet/tac_table.h"

namespace pet {

/// What a standardised uptake value is normalised to. The names of SUV Type (0054,1006) differ in case alone.
///   bw          body weight
///   lbm         lean body mass after James with 120 for men: 1.10 W - 120 (W/H)^2; women 1.07 W - 148 (W/H)^2
///   lbmjames128 the same with James' own 128 for men
///   lbmjanma    lean body mass: 9270 W / (6680 + 216 BMI); women 9270 W / (8780 + 244 BMI)
///               (Janmahasatian S et al. Clin Pharmacokinet 2005;44:1051-1065)
///   ibw         ideal body weight: 48.0 + 1.06 (H - 152); women 45.5 + 0.91 (H - 152)
///   bsa         body surface: 0.007184 W^0.425 H^0.725 (Du Bois D, Du Bois EF. Arch Intern Med 1916;17:863-871)
/// W in kg, H in cm; formulas and constants as in DICOM PS3.3 C.8.9.1.1.6 and the QIBA pseudocode of 2018-06-26.
enum class SuvType { bw, lbm, lbmjames128, lbmjanma, ibw, bsa };

SuvType suv_type(std::string_view name);  ///< "bw", "lbm", ...; throws UsageError that lists the names
std::string_view name_of(SuvType type);

/// Who was scanned, as far as uptake values need it.
struct Body {
  std::optional<double> weight_kg;
  std::optional<double> height_m;
  char sex = '\0';  ///< 'M', 'F', 'O' (the mean of both formulas is used) or unknown
};

/// The size that activity over dose is multiplied by: kg, and for bsa m^2. Throws InputError, starting with `where`,
/// that names what is missing, or where the formula gives nothing positive.
double suv_size(SuvType type, const Body& body, const std::string& where);

/// The highest value of all curves as SUV (body weight) in g/mL: kBq/mL x kg / MBq. Nothing where the dose is not known
/// or not positive, or the unit of the curves is not known.
std::optional<double> peak_suv(const TacTable& table, double weight_kg);

/// The highest value of all curves over the highest of parent in plasma. Nothing where one of them has no value above
/// zero, or the unit of the curves is not known.
std::optional<double> peak_ratio(const TacTable& table, const InputFunction& input);

}  // namespace pet
