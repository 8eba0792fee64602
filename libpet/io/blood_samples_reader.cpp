// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "libpet/error.h"
#include "libpet/io/blood_samples_file.h"
#include "libpet/io/detail/blood_recording.h"

namespace pet {
namespace {

using detail::BloodCurve;
using detail::BloodRecording;

// A curve with the file that it came from, for messages.
struct Origin {
  const SampleSeries* series;
  std::string what;
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Of the positive values from `first` to `last`.
std::optional<double> median_between(const SampleSeries& series, double first, double last) {
  std::vector<double> values;
  for (std::size_t i = 0; i < series.size(); ++i)
    if (series.time_min[i] >= first && series.time_min[i] <= last && series.value[i] > 0.0)
      values.push_back(series.value[i]);
  if (values.empty()) return std::nullopt;
  return median(std::move(values));
}

// Two activities in the blood of one scan are of one magnitude: near 1000 between them is a unit that is wrong.
void compare_magnitudes(const Origin& a, const Origin& b, std::vector<std::string>& notes) {
  constexpr double odd = 10.0;
  constexpr double wrong = 200.0;
  if (a.series->empty() || b.series->empty()) return;
  const double first = std::max(a.series->time_min.front(), b.series->time_min.front());
  const double last = std::min(a.series->time_min.back(), b.series->time_min.back());
  const auto of_a = median_between(*a.series, first, last);
  const auto of_b = median_between(*b.series, first, last);
  if (!of_a || !of_b) return;
  const double ratio = std::max(*of_a / *of_b, *of_b / *of_a);
  const std::string found = b.what + " that is " + std::to_string(std::lround(ratio)) + " times " +
                            (*of_b > *of_a ? "higher" : "lower") + " (medians) than " + a.what;
  if (ratio >= wrong && ratio <= 5000.0)
    throw bad_input(b.what, found, "one magnitude; is the unit of one of them Bq/mL, that of the other kBq/mL?");
  if (ratio >= odd) notes.push_back(found);
}

// Takes a curve of a file over into `series`, which must not have come from another file yet.
void take(SampleSeries& series, Origin& origin, const BloodRecording& file, BloodCurve curve) {
  if (file[curve].empty()) return;
  if (!series.empty())
    throw bad_input(file.source, "a second recording of " + detail::curve_name(curve) + " beside " + origin.what,
                    "one of them");
  series = file[curve];
  origin = {&series, detail::curve_name(curve) + " of " + file.source};
}

}  // namespace

BloodSamples read_blood_samples(const std::vector<std::string>& paths, const BloodUnits& units) {
  if (paths.empty()) throw UsageError("no file of blood");
  BloodSamples blood;
  Origin whole{&blood.whole_blood, ""}, automatic{&blood.autosampler_whole_blood, ""}, plasma{&blood.plasma, ""},
      parent{&blood.parent_plasma, ""}, ratio{&blood.plasma_to_blood_ratio, ""}, fraction{&blood.parent_fraction, ""};
  for (const std::string& path : paths) {
    const BloodRecording file =
        detail::is_pmod_blood(path) ? detail::read_pmod_blood(path, units) : detail::read_bids_blood(path, units);
    if (file.is_autosampler)
      take(blood.autosampler_whole_blood, automatic, file, BloodCurve::whole_blood);
    else
      take(blood.whole_blood, whole, file, BloodCurve::whole_blood);
    take(blood.plasma, plasma, file, BloodCurve::plasma);
    take(blood.parent_plasma, parent, file, BloodCurve::parent_plasma);
    take(blood.plasma_to_blood_ratio, ratio, file, BloodCurve::plasma_to_blood_ratio);
    take(blood.parent_fraction, fraction, file, BloodCurve::parent_fraction);
    if (file.is_autosampler) {
      blood.is_dispersion_corrected = file.is_dispersion_corrected.value_or(false);
      blood.dispersion_constant_min = file.dispersion_constant_min;
    }
    if (file.plasma_free_fraction) blood.plasma_free_fraction = file.plasma_free_fraction;
    blood.notes.insert(blood.notes.end(), file.notes.begin(), file.notes.end());
  }
  compare_magnitudes(whole, automatic, blood.notes);
  compare_magnitudes(whole, plasma, blood.notes);
  compare_magnitudes(automatic, plasma, blood.notes);
  return blood;
}

}  // namespace pet
