// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libpet/dicom/detail/date_time.h"
#include "libpet/tac_table.h"

namespace pet::detail {

/// The radiopharmaceutical of a series and when it was injected, as far as the header says.
struct Tracer {
  Radiopharmaceutical drug;
  std::optional<DateTime> injection;
  std::optional<std::int64_t> injection_clock_us;  ///< time of day where the header gives no date
  std::string injection_problem;                   ///< why what the header says of it cannot be used
  std::vector<std::string> warnings;
};

/// Reads the first item of the Radiopharmaceutical Information Sequence of one file. Throws InputError where a
/// half-life is not positive or not that of the radionuclide.
Tracer read_tracer(const std::filesystem::path& file);

}  // namespace pet::detail
