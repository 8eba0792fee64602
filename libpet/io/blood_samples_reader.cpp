// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>

#include "libpet/error.h"
#include "libpet/io/blood_samples_file.h"
#include "libpet/io/detail/blood_table.h"

namespace pet {
namespace {

using detail::BloodColumn;
using detail::BloodKind;
using detail::BloodSample;
using detail::BloodTable;
using detail::Recording;

// A machine draws whole blood alone, often and for long.
bool looks_like_autosampler(const BloodTable& table) {
  constexpr std::size_t many = 60;
  constexpr double often_min = 5.0 / 60.0;
  if (table.columns.size() != 1 || table.columns.front().kind != BloodKind::whole_blood) return false;
  const std::vector<BloodSample>& samples = table.columns.front().samples;
  if (samples.size() < many) return false;
  const double span = samples.back().time_min - samples.front().time_min;
  return span / static_cast<double>(samples.size() - 1) <= often_min;
}

void settle_recording(BloodTable& table) {
  if (table.recording != Recording::unknown) return;
  const bool is_machine = looks_like_autosampler(table);
  table.recording = is_machine ? Recording::autosampler : Recording::manual;
  table.notes.push_back(table.source + ": taken as drawn " + (is_machine ? "by an autosampler" : "by hand") +
                        " by what it holds; its name has no recording-manual or recording-autosampler");
}

SampleSeries& series_of(BloodSamples& blood, BloodKind kind, Recording recording) {
  switch (kind) {
    case BloodKind::whole_blood:
      return recording == Recording::autosampler ? blood.autosampler_whole_blood : blood.whole_blood;
    case BloodKind::plasma:
      return blood.plasma;
    case BloodKind::parent_plasma:
      return blood.parent_plasma;
    case BloodKind::plasma_to_blood_ratio:
      return blood.plasma_to_blood_ratio;
    case BloodKind::parent_fraction:
      break;
  }
  return blood.parent_fraction;
}

void check_values(const BloodColumn& column, const BloodTable& table, std::vector<std::string>& notes) {
  std::size_t negative = 0;
  for (const BloodSample& sample : column.samples) {
    if (column.kind == BloodKind::parent_fraction && !(sample.value >= 0.0 && sample.value <= 1.0))
      throw bad_input(sample.where, format_number(sample.value), "a fraction from 0 to 1");
    negative += sample.value < 0.0 ? 1 : 0;
  }
  if (negative > 0)
    notes.push_back(table.source + " column '" + column.name + "': " + std::to_string(negative) +
                    " negative values kept as they are");
}

// The samples of a quantity from all files, in order of time.
SampleSeries joined(std::vector<BloodSample> samples, std::vector<std::string>& notes) {
  std::stable_sort(samples.begin(), samples.end(),
                   [](const BloodSample& a, const BloodSample& b) { return a.time_min < b.time_min; });
  SampleSeries series;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (i > 0 && samples[i].time_min == samples[i - 1].time_min) {
      if (samples[i].value != samples[i - 1].value)
        throw bad_input(samples[i].where, "another value at the time of " + samples[i - 1].where, "one value a time");
      notes.push_back(samples[i].where + ": the same time and value as " + samples[i - 1].where + "; kept once");
      continue;
    }
    series.time_min.push_back(samples[i].time_min);
    series.value.push_back(samples[i].value);
  }
  return series;
}

void take_free_fraction(BloodSamples& blood, const BloodTable& table) {
  if (!table.plasma_free_fraction) return;
  if (blood.plasma_free_fraction && *blood.plasma_free_fraction != *table.plasma_free_fraction)
    throw bad_input(table.source, "PlasmaFreeFraction " + format_number(*table.plasma_free_fraction),
                    format_number(*blood.plasma_free_fraction) + " as in the other recording");
  blood.plasma_free_fraction = table.plasma_free_fraction;
}

void take_dispersion(BloodSamples& blood, const BloodTable& table) {
  if (table.recording != Recording::autosampler) return;
  blood.is_dispersion_corrected = table.is_dispersion_corrected.value_or(false);
  blood.dispersion_constant_min = table.dispersion_constant_min;
  if (!table.is_dispersion_corrected)
    blood.notes.push_back(table.source + ": nothing says whether dispersion was corrected; taken as not corrected");
}

}  // namespace

BloodSamples read_blood_samples(const std::vector<std::string>& paths, const BloodUnits& units) {
  if (paths.empty()) throw UsageError("no file of blood samples");
  BloodSamples blood;
  std::vector<std::pair<SampleSeries*, std::vector<BloodSample>>> gathered;
  for (const std::string& path : paths) {
    BloodTable table = detail::read_bids_blood(path, Tsv::read(path), units);
    settle_recording(table);
    for (const BloodColumn& column : table.columns) {
      check_values(column, table, table.notes);
      SampleSeries* const series = &series_of(blood, column.kind, table.recording);
      auto found = std::find_if(gathered.begin(), gathered.end(), [&](const auto& g) { return g.first == series; });
      if (found == gathered.end()) found = gathered.insert(gathered.end(), {series, {}});
      found->second.insert(found->second.end(), column.samples.begin(), column.samples.end());
    }
    take_dispersion(blood, table);
    take_free_fraction(blood, table);
    blood.notes.insert(blood.notes.end(), table.notes.begin(), table.notes.end());
  }
  for (auto& [series, samples] : gathered) *series = joined(std::move(samples), blood.notes);
  return blood;
}

}  // namespace pet
