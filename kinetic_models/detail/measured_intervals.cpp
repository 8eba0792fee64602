// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/measured_intervals.h"

#include <algorithm>

namespace pet::detail {
namespace {

// Derivative at x[at] of the Lagrange polynomial of point j among the points first ... last.
double lagrange_slope(std::span<const double> x, std::size_t j, std::size_t at, std::size_t first, std::size_t last) {
  double derivative = 0.0;
  for (std::size_t m = first; m <= last; ++m) {
    if (m == j) continue;
    double product = 1.0 / (x[j] - x[m]);
    for (std::size_t q = first; q <= last; ++q)
      if (q != j && q != m) product *= (x[at] - x[q]) / (x[j] - x[q]);
    derivative += product;
  }
  return derivative;
}

}  // namespace

std::vector<MeasuredInterval> measured_intervals(const Frames& frames) {
  std::vector<MeasuredInterval> intervals;
  double last_mid = 0.0;
  double end = std::min(0.0, frames.front().start_min);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const Frame& frame = frames[i];
    const bool is_gap = i == 0 ? frame.start_min > end : frames.has_gap_after(i - 1);
    if (is_gap) {
      const double fraction = (0.5 * (end + frame.start_min) - last_mid) / (frame.mid_min() - last_mid);
      intervals.push_back({end, frame.start_min, true, i, i == 0 ? 0 : i - 1, fraction, i == 0 ? 0.0 : 1.0 - fraction});
    }
    intervals.push_back({is_gap || i == 0 ? frame.start_min : end, frame.end_min, false, i, i, 1.0, 0.0});
    last_mid = frame.mid_min();
    end = frame.end_min;
  }
  return intervals;
}

std::vector<EdgeSlope> edge_slopes(std::span<const double> edges) {
  const std::size_t last = edges.size() - 1;
  std::vector<EdgeSlope> slopes;
  for (std::size_t i = 1; i <= last; ++i) {
    const std::size_t first = i == last ? last - std::min<std::size_t>(last, 3) : i - std::min<std::size_t>(i, 2);
    slopes.push_back({first, {}});
    for (std::size_t j = first; j <= std::min(i + 2, last); ++j)
      slopes.back().weight.push_back(lagrange_slope(edges, j, i, first, std::min(i + 2, last)));
  }
  return slopes;
}

}  // namespace pet::detail
