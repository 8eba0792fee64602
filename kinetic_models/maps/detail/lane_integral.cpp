// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/lane_integral.h"

#include <cmath>

#include "kinetic_models/detail/linear.h"

namespace pet::detail {

LaneIntegral::LaneIntegral(const Frames& frames, Sampling sampling)
    : frames_(frames.size()), sampling_(sampling), intervals_(measured_intervals(frames)) {
  edges_.push_back(intervals_.front().start);
  for (const MeasuredInterval& interval : intervals_) edges_.push_back(interval.end);
  slopes_ = edge_slopes(edges_);
  // On a constant curve no limiter acts.
  sensitivity_ = integral_sensitivity({frames, std::vector<double>(frames_, 1.0)}, sampling).once;
  constexpr double same = 1e-7;
  for (std::size_t j = 0; j < frames_; ++j) {
    late_value_.push_back(sensitivity(frames_ - 1, j));
    std::size_t row = frames_;
    while (row > 0 && std::abs(sensitivity(row - 1, j) - late_value_[j]) <= same * std::abs(late_value_[j])) --row;
    late_.push_back(row);
    std::size_t early = 0;
    while (early < row && std::abs(sensitivity(early, j)) <= same * std::abs(late_value_[j])) ++early;
    early_.push_back(early);
  }
}

std::size_t LaneIntegral::settled_before(std::size_t first) const {
  std::size_t frame = 0;
  while (frame < first && late_[frame] <= first) ++frame;
  return frame;
}

}  // namespace pet::detail
