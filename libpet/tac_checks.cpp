// SPDX-License-Identifier: Apache-2.0
#include "libpet/tac_checks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>

#include "libpet/suv.h"
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
  if (f < 2 || f + 2 >= frames.size()) return false;
  for (std::size_t i = f - 2; i < f + 2; ++i)
    if (frames.has_gap_after(i)) return false;
  return true;
}

// The neighbours of a frame and what each weighs in the cubic through them, at the middle of that frame.
struct Neighbours {
  std::array<std::size_t, 4> frame{};
  std::array<double, 4> weight{};
};

Neighbours neighbours_of(const Frames& frames, std::size_t f) {
  Neighbours all{{f - 2, f - 1, f + 1, f + 2}, {1.0, 1.0, 1.0, 1.0}};
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t k = 0; k < 4; ++k) {
      if (i == k) continue;
      const double other = frames[all.frame[k]].mid_min();
      all.weight[i] *= (frames[f].mid_min() - other) / (frames[all.frame[i]].mid_min() - other);
    }
  return all;
}

// What the cubic through the neighbours expects in a frame, and the standard deviation of the difference.
struct Expected {
  double activity = 0.0;
  double spread = 0.0;
};

Expected expected_in(const Neighbours& all,
                     std::span<const double> curve,
                     std::span<const double> variance,
                     std::size_t f) {
  Expected expected;
  double sum = variance[f];
  for (std::size_t i = 0; i < 4; ++i) {
    expected.activity += all.weight[i] * curve[all.frame[i]];
    sum += all.weight[i] * all.weight[i] * variance[all.frame[i]];
  }
  expected.spread = std::sqrt(sum);
  return expected;
}

std::vector<double> variances(const TacTable& table) {
  const bool knows_decay = table.tracer.half_life_min.has_value();
  std::vector<double> values = frame_weights(knows_decay ? WeightScheme::decay : WeightScheme::duration, table.frames,
                                             table.tracer.half_life_min, {});
  for (double& value : values) value = 1.0 / value;
  return values;
}

// Sizes of deviations, [region][tested frame], in standard deviations of counting. The relative deviation that is
// common to all regions is taken off first: the bend of the curves, which the cubic misses, is much the same in all.
std::vector<std::vector<double>> deviations_of(const TacTable& table,
                                               std::span<const std::size_t> tested,
                                               std::span<const double> variance) {
  std::vector<std::vector<double>> sizes(table.regions.size());
  for (const std::size_t f : tested) {
    const Neighbours neighbours = neighbours_of(table.frames, f);
    std::vector<Expected> expected;
    std::vector<double> relative;
    for (const std::vector<double>& curve : table.activity) {
      expected.push_back(expected_in(neighbours, curve, variance, f));
      const double level = expected.back().activity;
      relative.push_back(level == 0.0 ? 0.0 : (curve[f] - level) / level);
    }
    const double common = std::accumulate(relative.begin(), relative.end(), 0.0) / static_cast<double>(relative.size());
    for (std::size_t r = 0; r < sizes.size(); ++r)
      sizes[r].push_back(std::abs((relative[r] - common) * expected[r].activity) / expected[r].spread);
  }
  return sizes;
}

}  // namespace

std::vector<FrameJump> common_jumps(const TacTable& table, double from_min) {
  std::vector<std::size_t> tested;
  for (std::size_t f = 0; f < table.frames.size(); ++f)
    if (table.frames[f].mid_min() >= from_min && has_neighbours(table.frames, f)) tested.push_back(f);
  if (tested.size() < least_frames) return {};

  const std::vector<double> variance = variances(table);
  const auto deviations = deviations_of(table, tested, variance);
  std::vector<std::vector<double>> sizes(tested.size());  // [frame][region]
  for (const std::vector<double>& region : deviations) {
    const double usual = sigma_of_mad * median(region);
    if (!(usual > 0.0)) continue;  // a curve without noise, or of zeros, has no measure
    for (std::size_t i = 0; i < tested.size(); ++i) sizes[i].push_back(region[i] / usual);
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
  peak.suv_70kg = peak_suv(table, 70.0);
  return peak;
}

}  // namespace pet
