// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "libpet/blood/samples.h"
#include "libpet/io/blood_samples_file.h"
#include "libpet/io/tsv.h"

namespace pet::detail {

/// What a column of a blood file holds.
enum class BloodCurve { whole_blood, plasma, parent_plasma, plasma_to_blood_ratio, parent_fraction };
inline constexpr std::size_t blood_curve_count = 5;

bool is_activity(BloodCurve curve);
/// "whole blood", "plasma", ...: for messages.
std::string curve_name(BloodCurve curve);

/// One file: its curves in minutes after injection and kBq/mL.
struct BloodRecording {
  std::string source;
  std::array<SampleSeries, blood_curve_count> curves;
  bool is_autosampler = false;
  std::optional<bool> is_dispersion_corrected;
  std::optional<double> dispersion_constant_min;
  std::optional<double> plasma_free_fraction;
  std::vector<std::string> notes;

  SampleSeries& operator[](BloodCurve curve) { return curves[static_cast<std::size_t>(curve)]; }
  const SampleSeries& operator[](BloodCurve curve) const { return curves[static_cast<std::size_t>(curve)]; }
};

/// The number of rows before those at the end that hold nothing but zeros, the time too: some programs fill tables up.
std::size_t rows_without_padding(const Tsv& tsv, std::size_t time);

/// The samples of one column: cells that are a number, at `(time - shift) * min_per_unit`, times `factor`. Throws
/// InputError with file and line for times that go back, two values at one time, values of fractions outside 0 to 1.
/// Equal values at one time are one sample; that and negative activities are told in the notes.
void add_curve(BloodRecording& recording,
               BloodCurve curve,
               const Tsv& tsv,
               std::size_t time,
               std::size_t column,
               double min_per_unit,
               double shift,
               double factor);

/// By the entity `recording` of the name; where it says nothing, by what the file holds.
bool is_autosampler(const BloodRecording& recording);

/// A sidecar is FILE.json. Throws as read_blood_samples does.
BloodRecording read_bids_blood(const std::string& path, const BloodUnits& units);

/// PMOD `.bld` and `.crv`: one title line with units in brackets, the first column time. Columns `whole-blood`,
/// `plasma` (also `plasma.1`), `plasma-corrected`, `plasma-fraction`, `parent-fraction`.
BloodRecording read_pmod_blood(const std::string& path, const BloodUnits& units);
/// By the extension.
bool is_pmod_blood(const std::string& path);

}  // namespace pet::detail
