// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/blood_recording.h"

#include <algorithm>
#include <map>

#include "libpet/error.h"
#include "libpet/io/detail/bids_name.h"

namespace pet::detail {
namespace {

constexpr std::size_t many_samples = 60;
constexpr double dense_min = 5.0 / 60.0;

void check_fraction(const Tsv& tsv, std::size_t row, std::size_t column, double value) {
  constexpr double tolerance = 1e-6;
  if (value < -tolerance || value > 1.0 + tolerance)
    throw bad_input(tsv.where(row, column), tsv.cell(row, column), "a fraction from 0 to 1");
}

InputError two_values(const Tsv& tsv, std::size_t before, std::size_t row, std::size_t time, std::size_t column) {
  return bad_input(tsv.where(row, column),
                   tsv.cell(row, column) + " at time " + tsv.cell(row, time) + ", the time of " +
                       tsv.cell(before, column) + " at " + tsv.where(before, column),
                   "one value a time");
}

}  // namespace

std::size_t rows_without_padding(const Tsv& tsv, std::size_t time) {
  const auto is_empty = [&](std::size_t row) {
    for (std::size_t c = 0; c < tsv.header().size(); ++c)
      if (tsv.number(row, c).value_or(0.0) != 0.0) return false;
    return tsv.number(row, time).has_value();
  };
  std::size_t rows = tsv.rows();
  while (rows > 1 && is_empty(rows - 1)) --rows;
  return rows;
}

bool is_activity(BloodCurve curve) {
  return curve == BloodCurve::whole_blood || curve == BloodCurve::plasma || curve == BloodCurve::parent_plasma;
}

std::string curve_name(BloodCurve curve) {
  constexpr std::array<const char*, blood_curve_count> names = {"whole blood", "plasma", "metabolite-corrected plasma",
                                                                "plasma-to-blood ratio", "parent fraction"};
  return names[static_cast<std::size_t>(curve)];
}

void add_curve(BloodRecording& recording,
               BloodCurve curve,
               const Tsv& tsv,
               std::size_t time,
               std::size_t column,
               double min_per_unit,
               double shift,
               double factor) {
  SampleSeries series;
  std::size_t before = 0;
  double latest = 0.0;
  std::size_t negative = 0;
  const std::size_t rows = rows_without_padding(tsv, time);
  for (std::size_t r = 0; r < rows; ++r) {
    const double at = tsv.required_number(r, time);
    if (r > 0 && at < latest)
      throw bad_input(tsv.where(r, time), tsv.cell(r, time) + " after " + tsv.cell(r - 1, time),
                      "times in increasing order");
    latest = at;
    const auto cell = tsv.number(r, column);
    if (!cell) continue;
    const double value = *cell * factor;
    if (curve == BloodCurve::parent_fraction) check_fraction(tsv, r, column, value);
    const double minutes = (at - shift) * min_per_unit;
    if (!series.empty() && minutes <= series.time_min.back()) {
      if (value != series.value.back()) throw two_values(tsv, before, r, time, column);
      recording.notes.push_back(tsv.where(r, column) + ": the same time and value as at " + tsv.where(before, column) +
                                "; one of them was dropped");
      continue;
    }
    if (is_activity(curve) && value < 0.0) ++negative;
    before = r;
    series.time_min.push_back(minutes);
    series.value.push_back(value);
  }
  if (negative > 0)
    recording.notes.push_back(tsv.source() + " column '" + tsv.header()[column] + "': " + std::to_string(negative) +
                              " of " + std::to_string(series.size()) + " samples are negative and were kept");
  if (series.empty()) return;
  if (!recording[curve].empty())
    throw bad_input(tsv.source() + ":1", "a second column of " + curve_name(curve) + ", '" + tsv.header()[column] + "'",
                    "one");
  recording[curve] = std::move(series);
}

bool is_autosampler(const BloodRecording& recording) {
  const std::map<std::string, std::string> entities = entities_of(recording.source);
  if (const auto found = entities.find("recording"); found != entities.end() && !found->second.empty())
    return found->second.starts_with("auto");
  const SampleSeries& blood = recording[BloodCurve::whole_blood];
  for (std::size_t i = 1; i < blood_curve_count; ++i)
    if (!recording.curves[i].empty()) return false;
  if (blood.size() < many_samples) return false;
  std::vector<double> steps;
  for (std::size_t i = 1; i < blood.size(); ++i) steps.push_back(blood.time_min[i] - blood.time_min[i - 1]);
  std::nth_element(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2), steps.end());
  return steps[steps.size() / 2] <= dense_min * (1.0 + 1e-9);
}

}  // namespace pet::detail
