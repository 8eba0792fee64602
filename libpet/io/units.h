// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace pet {

/// What a value in `unit` is multiplied by to be in kBq/mL, or nothing for what is no unit of concentration. Takes the
/// spellings in use: Bq/mL, Bq/ml, BQML, kBq/cc, kBq/cm^3, nCi/mL, uCi/cc. Case matters for m and M only.
std::optional<double> in_kBq_per_mL(std::string_view unit);

/// The same for activity in MBq (Bq, kBq, MBq, GBq, mCi, ...), mass in ug (g, mg, ug, ng) and molar activity in
/// GBq/umol (Bq/mol, kBq/nmol, MBq/nmol, Ci/mmol, ...).
std::optional<double> in_MBq(std::string_view unit);
std::optional<double> in_ug(std::string_view unit);
std::optional<double> in_GBq_per_umol(std::string_view unit);
/// Amount of substance in nmol (mol, umol, nmol, pmol).
std::optional<double> in_nmol(std::string_view unit);
/// Time in s: s, sec, seconds, min, minutes.
std::optional<double> in_s(std::string_view unit);

}  // namespace pet
