// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/whole_blood.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

#include "kinetic_models/detail/statistics.h"
#include "libpet/error.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

// Value and slope at time[at] of the parabola through the samples from `first` to `last`.
std::pair<double, double> parabola_at(const SampleSeries& s, std::size_t at, std::size_t first, std::size_t last) {
  const double width = std::max(s.time_min[last] - s.time_min[at], s.time_min[at] - s.time_min[first]);
  const auto n = static_cast<Eigen::Index>(last - first + 1);
  Eigen::MatrixX3d design(n, 3);
  Eigen::VectorXd values(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double x = (s.time_min[first + static_cast<std::size_t>(i)] - s.time_min[at]) / width;
    design.row(i) << 1.0, x, x * x;
    values[i] = s.value[first + static_cast<std::size_t>(i)];
  }
  const Eigen::Vector3d c = design.colPivHouseholderQr().solve(values);
  return {c[0], c[1] / width};
}

double median_distance(const SampleSeries& s) {
  std::vector<double> distances;
  for (std::size_t i = 1; i < s.size(); ++i) distances.push_back(s.time_min[i] - s.time_min[i - 1]);
  return detail::median(std::move(distances));
}

SampleSeries until(const SampleSeries& s, double end_min) {
  SampleSeries kept;
  for (std::size_t i = 0; i < s.size() && s.time_min[i] <= end_min; ++i) {
    kept.time_min.push_back(s.time_min[i]);
    kept.value.push_back(s.value[i]);
  }
  return kept;
}

void append_after(SampleSeries& s, const SampleSeries& more) {
  const double end = s.empty() ? -1e9 : s.time_min.back();
  for (std::size_t i = 0; i < more.size(); ++i) {
    if (more.time_min[i] <= end) continue;
    s.time_min.push_back(more.time_min[i]);
    s.value.push_back(more.value[i]);
  }
}

std::optional<double> mean_around(const SampleSeries& s, double time_min) {
  constexpr double reach_min = 5.0 / 60.0;
  double sum = 0.0;
  int n = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (std::abs(s.time_min[i] - time_min) > reach_min) continue;
    sum += s.value[i];
    ++n;
  }
  if (n == 0) return {};
  return sum / n;
}

void compare_overlap(const SampleSeries& automatic, const SampleSeries& manual, std::vector<std::string>& notes) {
  constexpr double settled_after_min = 1.0;
  constexpr double tolerated = 0.10;
  const auto peak = std::max_element(automatic.value.begin(), automatic.value.end()) - automatic.value.begin();
  const double from = automatic.time_min[static_cast<std::size_t>(peak)] + settled_after_min;
  std::vector<double> ratios;
  for (std::size_t i = 0; i < manual.size(); ++i) {
    if (manual.time_min[i] < from || !(manual.value[i] > 0.0)) continue;
    if (const auto mean = mean_around(automatic, manual.time_min[i])) ratios.push_back(*mean / manual.value[i]);
  }
  if (ratios.empty()) return;
  const std::size_t n = ratios.size();
  const double median = detail::median(std::move(ratios));
  if (std::abs(median - 1.0) > tolerated)
    notes.push_back("the autosampler reads " + format_number(std::round(1000.0 * median) / 1000.0) +
                    " times the whole blood drawn by hand (median of " + std::to_string(n) +
                    " samples): a calibration that differs by more than 10 %; neither was changed");
}

void clear_negatives(SampleSeries& s, std::vector<std::string>& notes) {
  const auto count = std::count_if(s.value.begin(), s.value.end(), [](double v) { return v < 0.0; });
  for (double& value : s.value) value = std::max(value, 0.0);
  if (count > 0) notes.push_back(std::to_string(count) + " values of whole blood below zero were set to zero");
}

}  // namespace

SampleSeries without_dispersion(const SampleSeries& dispersed, double tau_min) {
  if (!(tau_min > 0.0)) throw UsageError("a dispersion of " + format_number(tau_min * 60.0) + " s; it must be above 0");
  if (dispersed.size() < 5)
    throw bad_input("autosampler", std::to_string(dispersed.size()) + " samples", "at least 5 to correct dispersion");
  const double reach = std::max(2.0 * tau_min, 2.5 * median_distance(dispersed)) * (1.0 + 1e-9);
  SampleSeries corrected = dispersed;
  std::size_t first = 0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < dispersed.size(); ++i) {
    while (dispersed.time_min[i] - dispersed.time_min[first] > reach) ++first;
    while (last + 1 < dispersed.size() && dispersed.time_min[last + 1] - dispersed.time_min[i] <= reach) ++last;
    // At the ends, and beside missing samples, the parabola reaches further.
    std::size_t from = std::min(first, i >= 2 ? i - 2 : 0);
    std::size_t to = std::max(last, std::min(i + 2, dispersed.size() - 1));
    if (to - from < 2) from = to >= 2 ? to - 2 : 0;
    to = std::max(to, from + 2);
    const auto [value, slope] = parabola_at(dispersed, i, from, to);
    corrected.value[i] = value + tau_min * slope;
  }
  return corrected;
}

WholeBlood join_whole_blood(const BloodSamples& blood,
                            std::optional<double> dispersion_min,
                            std::optional<double> autosampler_end_min) {
  WholeBlood whole;
  SampleSeries automatic = blood.autosampler_whole_blood;
  if (!automatic.empty() && dispersion_min) {
    automatic = without_dispersion(automatic, *dispersion_min);
    whole.dispersion_min = dispersion_min;
  }
  if (!automatic.empty() && !blood.whole_blood.empty()) compare_overlap(automatic, blood.whole_blood, whole.notes);
  if (autosampler_end_min) automatic = until(automatic, *autosampler_end_min);
  whole.samples = automatic;
  if (!automatic.empty()) whole.autosampler_end_min = automatic.time_min.back();
  append_after(whole.samples, blood.whole_blood);
  clear_negatives(whole.samples, whole.notes);
  return whole;
}

}  // namespace pet
