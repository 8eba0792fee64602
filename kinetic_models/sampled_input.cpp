// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/sampled_input.h"

#include <ceres/jet.h>

#include <algorithm>
#include <cmath>

namespace pet {
namespace {

constexpr double same_time_min = 1e-9;

std::vector<double> sample_times(const Frames& frames, Sampling sampling) {
  std::vector<double> times;
  for (const Frame& frame : frames) {
    if (sampling == Sampling::midframe) {
      times.push_back(frame.mid_min());
    } else {
      times.push_back(frame.start_min);
      times.push_back(frame.end_min);
    }
  }
  std::sort(times.begin(), times.end());
  return times;
}

// The frame that a step from `start` to `end` belongs to (average), or whose middle is its end (midframe); -1: none.
int frame_of_step(const Frames& frames, Sampling sampling, double start, double end) {
  for (std::size_t f = 0; f < frames.size(); ++f) {
    const bool belongs = sampling == Sampling::average
                             ? start > frames[f].start_min - same_time_min && end < frames[f].end_min + same_time_min
                             : std::abs(end - frames[f].mid_min()) <= same_time_min;
    if (belongs) return static_cast<int>(f);
  }
  return -1;
}

}  // namespace

SampledInput::SampledInput(const InputCurve& curve, const Frames& frames, Sampling sampling)
    : frame_count_(frames.size()), sampling_(sampling), value_(frames.size(), 0.0), integral_(frames.size(), 0.0) {
  for (const Frame& frame : frames) inverse_durations_.push_back(1.0 / frame.duration_min());
  const InputCurve refined = curve.with_knots_at(sample_times(frames, sampling));
  for (std::size_t i = 0; i < refined.pieces().size(); ++i) {
    const double start = refined.knots()[i];
    const double end = refined.knots()[i + 1];
    const InputCurve::Quadratic& c = refined.pieces()[i];
    const double h = end - start;
    const int frame = frame_of_step(frames, sampling, start, end);
    add_step(h, c, frame);
    if (frame < 0) continue;
    const auto f = static_cast<std::size_t>(frame);
    if (sampling == Sampling::average)
      value_[f] += h * (c[0] + h * (c[1] / 2.0 + h * c[2] / 3.0)) * inverse_durations_[f];
    else
      value_[f] = c[0] + h * (c[1] + h * c[2]);
  }
  convolve<double>(0.0, integral_);
}

std::vector<double> SampledInput::double_integral() const {
  using Dual = ceres::Jet<double, 1>;
  std::vector<Dual> along(frame_count_);
  convolve<Dual>(Dual(0.0, 0), along);
  std::vector<double> result;
  for (const Dual& d : along) result.push_back(-d.v[0]);
  return result;
}

void SampledInput::add_step(double length_min, const InputCurve::Quadratic& piece, int frame) {
  const auto same = std::find_if(lengths_.begin(), lengths_.end(),
                                 [&](double known) { return std::abs(known - length_min) <= 1e-12 * known; });
  if (same == lengths_.end()) {
    steps_.push_back({lengths_.size(), frame, {}});
    lengths_.push_back(length_min);
  } else {
    steps_.push_back({static_cast<std::size_t>(same - lengths_.begin()), frame, {}});
  }
  const double h = length_min;
  steps_.back().moments = {piece[0] * h, piece[1] * h * h, 2.0 * piece[2] * h * h * h};
}

}  // namespace pet
