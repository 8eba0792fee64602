// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libpet/blood/samples.h"
#include "libpet/io/blood_samples_file.h"
#include "libpet/io/tsv.h"

namespace pet::detail {

enum class BloodKind { whole_blood, plasma, parent_plasma, plasma_to_blood_ratio, parent_fraction };
enum class Recording { unknown, manual, autosampler };

struct BloodSample {
  double time_min;
  double value;
  std::string where;  ///< file, line and column, for messages
};

/// One measured quantity of one file, in the units of the library.
struct BloodColumn {
  BloodKind kind = BloodKind::whole_blood;
  std::string name;  ///< as the file has it
  std::string unit;  ///< as it was stated; empty for fractions
  std::vector<BloodSample> samples;
};

/// What a `_blood.json` claims of its columns: where it says so, and of which kind.
struct BloodClaim {
  BloodKind kind;
  std::string where;
};

/// One file of blood.
struct BloodTable {
  std::string source;
  Recording recording = Recording::unknown;
  std::vector<BloodColumn> columns;
  std::vector<BloodClaim> claims;  ///< kinds that a sidecar says were measured
  std::optional<bool> is_dispersion_corrected;
  std::optional<double> dispersion_constant_min;
  std::optional<double> plasma_free_fraction;
  std::vector<std::string> notes;
};

BloodTable read_bids_blood(const std::string& path, const Tsv& tsv, const BloodUnits& units);

/// "parent fraction" and the like, for messages.
const char* name_of(BloodKind kind);
bool is_activity(BloodKind kind);

/// How many of the unit that a file states, else of `by_hand`, make one kBq/mL. Throws InputError at `where` for no
/// unit, for what is none, and for two that differ; `how` says how a file states it.
double per_kBq_per_mL(const std::optional<std::string>& stated,
                      const std::string& by_hand,
                      const std::string& where,
                      const std::string& how);

/// The samples of one column: cells that are missing are left out, times must increase. Equal times with equal values
/// are one sample, told in `notes`; with different values they are an error. Activities are divided by `per_unit`.
std::vector<BloodSample> blood_samples(const Tsv& tsv,
                                       std::size_t column,
                                       const std::vector<double>& time_min,
                                       double per_unit,
                                       std::vector<std::string>& notes);

}  // namespace pet::detail
