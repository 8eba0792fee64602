// SPDX-License-Identifier: Apache-2.0
#include "libpet/tac_checks.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "libpet/weights.h"

namespace pet {
namespace {

constexpr std::size_t least_regions = 3;
constexpr std::size_t least_frames = 8;
constexpr double sigma_of_mad = 1.4826;  // standard deviation of a normal distribution over its median deviation

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

bool has_neighbours(const Frames& frames, std::size_t f) {
  return f > 0 && f + 1 < frames.size() && !frames.has_gap_after(f - 1) && !frames.has_gap_after(f);
}

// The value of frame f less that of the line between its neighbours, in standard deviations of counting.
double deviation(const Frames& frames, std::span<const double> curve, std::span<const double> variance, std::size_t f) {
  const double share =
      (frames[f].mid_min() - frames[f - 1].mid_min()) / (frames[f + 1].mid_min() - frames[f - 1].mid_min());
  const double line = (1.0 - share) * curve[f - 1] + share * curve[f + 1];
  const double spread = variance[f] + (1.0 - share) * (1.0 - share) * variance[f - 1] + share * share * variance[f + 1];
  return (curve[f] - line) / std::sqrt(spread);
}

std::vector<double> variances(const TacTable& table) {
  const bool knows_decay = table.tracer.half_life_min.has_value();
  std::vector<double> values = frame_weights(knows_decay ? WeightScheme::decay : WeightScheme::duration, table.frames,
                                             table.tracer.half_life_min, {});
  for (double& value : values) value = 1.0 / value;
  return values;
}

}  // namespace

std::vector<FrameJump> common_jumps(const TacTable& table, double from_min) {
  std::vector<std::size_t> tested;
  for (std::size_t f = 0; f < table.frames.size(); ++f)
    if (table.frames[f].mid_min() >= from_min && has_neighbours(table.frames, f)) tested.push_back(f);
  if (tested.size() < least_frames) return {};

  const std::vector<double> variance = variances(table);
  std::vector<std::vector<double>> sizes(tested.size());  // [frame][region]
  for (const std::vector<double>& curve : table.activity) {
    std::vector<double> deviations;
    for (const std::size_t f : tested) deviations.push_back(std::abs(deviation(table.frames, curve, variance, f)));
    const double usual = sigma_of_mad * median(deviations);
    if (!(usual > 0.0)) continue;  // a curve without noise, or of zeros, has no measure
    for (std::size_t i = 0; i < tested.size(); ++i) sizes[i].push_back(deviations[i] / usual);
  }
  if (sizes.front().size() < least_regions) return {};

  std::vector<FrameJump> jumps;
  for (std::size_t i = 0; i < tested.size(); ++i)
    jumps.push_back({tested[i], table.frames[tested[i]].mid_min(), median(sizes[i])});
  return jumps;
}

Peak highest_activity(const TacTable& table) {
  Peak peak;
  for (std::size_t r = 0; r < table.regions.size(); ++r)
    for (std::size_t f = 0; f < table.frames.size(); ++f)
      if (table.activity[r][f] > peak.activity || peak.region.empty())
        peak = {table.regions[r], table.activity[r][f], table.frames[f].mid_min(), std::nullopt};
  const std::optional<double> dose_MBq = table.tracer.injected_activity_MBq;
  // kBq/mL over MBq is 1/(1000 mL), and 1000 mL of tissue weigh about 1 kg.
  if (table.unit == ActivityUnit::kBq_per_mL && dose_MBq && *dose_MBq > 0.0)
    peak.suv_70kg = peak.activity * 70.0 / *dose_MBq;
  return peak;
}

}  // namespace pet
