// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace pet {

/// Measured values at their own times, strictly increasing, in minutes after injection.
struct SampleSeries {
  std::vector<double> time_min;
  std::vector<double> value;

  bool empty() const { return time_min.empty(); }
  std::size_t size() const { return time_min.size(); }
};

/// The blood of one scan as it was measured, decay-corrected to injection. What was not measured is empty. Samples that
/// a file lacks ("n/a") are not there; nothing is interpolated, clamped or dropped silently: `notes` says in one
/// sentence each what a reader or a person changed.
struct BloodSamples {
  SampleSeries whole_blood;              ///< drawn by hand, kBq/mL
  SampleSeries autosampler_whole_blood;  ///< continuous, kBq/mL; delayed and dispersed by its tubing
  SampleSeries plasma;                   ///< total radioactivity in plasma, kBq/mL
  SampleSeries parent_plasma;            ///< plasma that a file gives as metabolite-corrected already, kBq/mL
  SampleSeries plasma_to_blood_ratio;    ///< where a file gives it
  SampleSeries parent_fraction;          ///< unchanged tracer over total in plasma, 0 to 1
  bool is_dispersion_corrected = false;  ///< of the autosampler
  std::optional<double> dispersion_constant_min;
  std::optional<double> plasma_free_fraction;  ///< fP, 0 to 1
  std::vector<std::string> notes;
};

}  // namespace pet
