// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/sampled_input.h"

#include <ceres/jet.h>

#include <algorithm>
#include <cmath>

#include "kinetic_models/detail/quadratic.h"
#include "kinetic_models/frame_steps.h"

namespace pet {

SampledInput::SampledInput(const InputCurve& curve, const Frames& frames, Sampling sampling)
    : frame_count_(frames.size()), sampling_(sampling), value_(frames.size(), 0.0), integral_(frames.size(), 0.0) {
  for (const Frame& frame : frames) inverse_durations_.push_back(1.0 / frame.duration_min());
  for (const FrameStep& step : frame_steps(curve, frames, sampling)) {
    const double h = step.length_min;
    const InputCurve::Quadratic& c = step.c;
    add_step(h, c, step.frame);
    if (step.frame < 0) continue;
    const auto f = static_cast<std::size_t>(step.frame);
    if (sampling == Sampling::average)
      value_[f] += detail::integral_over(c, h) * inverse_durations_[f];
    else
      value_[f] = detail::value_at(c, h);
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
