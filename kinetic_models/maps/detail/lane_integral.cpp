// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/lane_integral.h"

#include <cmath>

#include "kinetic_models/detail/linear.h"

namespace pet::detail {
namespace {

// The limiter of the edge values (Fritsch and Carlson's condition), as in integral_preserving_curve.
Strip limited(const Strip& slope, const Strip& before, const Strip& after) {
  const Strip most = 3.0 * before.abs().min(after.abs());
  const Strip rising = slope.max(0.0).min(most);
  const Strip falling = slope.min(0.0).max(-most);
  const Strip clamped = (before > 0.0).select(rising, falling);
  return (before * after > 0.0).select(clamped, Strip::Zero());
}

}  // namespace

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
  }
}

void LaneIntegral::integrate(const Strip* curve, Strip* result) const {
  if (sampling_ == Sampling::midframe) {
    for (std::size_t i = 0; i < frames_; ++i) {
      result[i].setZero();
      for (std::size_t j = 0; j <= i; ++j) result[i] += sensitivity(i, j) * curve[j];
    }
    return;
  }
  const std::size_t count = intervals_.size();
  thread_local StripCurve mean;
  thread_local StripCurve cumulative;
  mean.resize(count);
  cumulative.resize(count + 1);
  cumulative[0].setZero();
  for (std::size_t k = 0; k < count; ++k) {
    mean[k] = intervals_[k].mean(curve);
    cumulative[k + 1] = cumulative[k] + mean[k] * (edges_[k + 1] - edges_[k]);
  }
  Strip at_start = Strip::Zero();
  for (std::size_t k = 0; k < count; ++k) {
    const Strip at_end = limited(slopes_[k].of(cumulative.data()), mean[k], k + 1 < count ? mean[k + 1] : mean[k]);
    // The mean of the cubic through both edges with these slopes.
    if (!intervals_[k].is_gap)
      result[intervals_[k].frame] =
          0.5 * (cumulative[k] + cumulative[k + 1]) + (edges_[k + 1] - edges_[k]) / 12.0 * (at_start - at_end);
    at_start = at_end;
  }
}

void LaneIntegral::transposed(const Strip* rows, Strip* result) const {
  // Suffix sums serve the rows in which a column is constant: all but the few about its own frame.
  thread_local StripCurve suffix;
  suffix.resize(frames_ + 1);
  suffix[frames_].setZero();
  for (std::size_t i = frames_; i-- > 0;) suffix[i] = suffix[i + 1] + rows[i];
  for (std::size_t j = 0; j < frames_; ++j) {
    result[j] = late_value_[j] * suffix[late_[j]];
    for (std::size_t i = 0; i < late_[j]; ++i)
      if (sensitivity(i, j) != 0.0) result[j] += sensitivity(i, j) * rows[i];
  }
}

}  // namespace pet::detail
