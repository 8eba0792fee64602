// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/lane_integral.h"

#include <algorithm>
#include <cmath>

#include "kinetic_models/detail/integral_sensitivity.h"

namespace pet::detail {

LaneIntegral::LaneIntegral(const Frames& frames, Sampling sampling)
    : frames_(frames.size()), sampling_(sampling), intervals_(measured_intervals(frames)) {
  std::vector<double> edges = {intervals_.front().start};
  for (const MeasuredInterval& interval : intervals_) {
    length_.push_back(interval.end - edges.back());
    twelfth_.push_back(length_.back() / 12.0);
    has_gaps_ = has_gaps_ || interval.is_gap;
    edges.push_back(interval.end);
  }
  const std::size_t last_place = std::max(intervals(), slope_terms) - slope_terms;
  for (const EdgeSlope& edge : edge_slopes(edges)) {
    Slope slope{std::min(edge.first, last_place)};
    // A mean is part of all later values of the cumulative integral, whose weights sum up to 0.
    double of_later = 0.0;
    for (std::size_t i = edge.first + edge.weight.size() - 1; i > edge.first; --i) {
      of_later += edge.weight[i - edge.first];
      slope.weight[i - 1 - slope.first] = of_later * length_[i - 1];
    }
    slopes_.push_back(slope);
  }
  // On a constant curve no limiter acts.
  sensitivity_ = integral_sensitivity({frames, std::vector<double>(frames_, 1.0)}, sampling).once;
  constexpr double same = 1e-5;  // standard errors need no more
  for (std::size_t j = 0; j < frames_; ++j) {
    late_value_.push_back(sensitivity(frames_ - 1, j));
    std::size_t row = frames_;
    while (row > 0 && std::abs(sensitivity(row - 1, j) - late_value_[j]) <= same * std::abs(late_value_[j])) --row;
    late_.push_back(row);
    std::size_t early = 0;
    while (early < row && std::abs(sensitivity(early, j)) <= same * std::abs(late_value_[j])) ++early;
    early_.push_back(early);
  }
  add_bands();
}

void LaneIntegral::add_bands() {
  for (std::size_t j = 0; j < frames_; ++j) {
    if (frames_ < band_rows || late_[j] - early_[j] > band_rows) {
      band_.clear();
      return;
    }
    Band band{std::min(early_[j], frames_ - band_rows), late_[j], late_value_[j], {}};
    for (std::size_t i = early_[j]; i < late_[j]; ++i) band.value[i - band.first] = sensitivity(i, j);
    band_.push_back(band);
  }
}

std::size_t LaneIntegral::settled_before(std::size_t first) const {
  std::size_t frame = 0;
  while (frame < first && late_[frame] <= first) ++frame;
  return frame;
}

}  // namespace pet::detail
