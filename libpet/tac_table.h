// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/time_activity_curve.h"

namespace pet {

/// What is known of the radiotracer and its injection. Everything may be missing; nothing is guessed.
struct Radiopharmaceutical {
  std::string name;          ///< "[11C]Cimbi-36"; empty: unknown
  std::string radionuclide;  ///< "C11"; empty: unknown
  std::optional<double> half_life_min;
  std::optional<double> injected_activity_MBq;
  std::optional<double> injected_mass_ug;
  std::optional<double> molar_activity_GBq_per_umol;
};

/// Curves of the regions of one scan on common frames.
struct TacTable {
  Frames frames;
  std::vector<std::string> regions;               ///< unique names, in file order
  std::vector<std::vector<double>> activity;      ///< [region][frame], kBq/mL where the unit is known
  std::vector<std::optional<double>> volume_mm3;  ///< [region]; empty where no region has one
  ActivityUnit unit = ActivityUnit::unknown;
  Radiopharmaceutical tracer;

  /// Index of a region. Throws UsageError with the nearest name if there is none of that name.
  std::size_t index_of(std::string_view region) const;
  TimeActivityCurve curve(std::size_t region) const { return {frames, activity[region]}; }
};

}  // namespace pet
