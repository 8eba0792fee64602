// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/io/detail/table_sidecars.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/tac_table.h"

namespace pet::detail {

/// The curves of one file before the sidecars have had their say.
struct TacColumns {
  std::string source;
  std::vector<Frame> times_s;      ///< in seconds, in spite of the names of the members
  std::vector<std::string> where;  ///< file and line of each frame
  std::vector<std::string> regions;
  std::vector<std::vector<double>> activity;  ///< kBq/mL where the unit is known
  std::vector<std::optional<double>> volume_mm3;
  ActivityUnit unit = ActivityUnit::unknown;
};

/// Moves times and decay correction to the injection and takes the tracer from the sidecars. Throws InputError.
TacTable assembled(TacColumns columns, const TacSurroundings& around);

/// Units that a person stated. Throw UsageError for what is none.
double stated_time_unit_s(const std::string& unit);
double stated_per_kBq_per_mL(const std::string& unit);

bool is_pmod_table(std::string_view text, const std::string& path);
TacColumns pmod_tacs(std::string_view text, const std::string& path, const TacTableOptions& options);
bool is_dft(std::string_view text);
TacColumns dft_tacs(std::string_view text, const std::string& path, const TacTableOptions& options);

/// PMOD `.voistat`: one row a region and frame, middles of frames only. Starts and ends come from `.acqtimes` of the
/// same name, or the only one in the folder. Columns that say who was scanned are not read.
bool is_voistat(std::string_view text);
TacColumns voistat_tacs(std::string_view text, const std::string& path);

}  // namespace pet::detail
