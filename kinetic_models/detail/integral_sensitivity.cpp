// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/integral_sensitivity.h"

#include <algorithm>

#include "kinetic_models/detail/quadratic.h"
#include "kinetic_models/frame_steps.h"

namespace pet::detail {
namespace {

// A step of frame_steps on the piece of the curve that it lies in.
struct Step {
  std::size_t piece;
  double into;  // from the start of the piece
  double length;
  int frame;
  double share;  // of the step in its frame
};

std::vector<Step> steps_of(const InputCurve& curve, const Frames& frames, Sampling sampling) {
  std::vector<Step> steps;
  for (const FrameStep& step : frame_steps(curve, frames, sampling)) {
    const auto knots = curve.knots();
    const double middle = step.start_min + 0.5 * step.length_min;
    const auto next = std::upper_bound(knots.begin() + 1, knots.end() - 1, middle);
    const auto piece = static_cast<std::size_t>(next - knots.begin()) - 1;
    const double share =
        step.frame < 0 ? 0.0 : step.length_min / frames[static_cast<std::size_t>(step.frame)].duration_min();
    steps.push_back({piece, step.start_min - knots[piece], step.length_min, step.frame, share});
  }
  return steps;
}

// A curve integrated once and twice up to some time.
struct Integrals {
  double once = 0.0;
  double twice = 0.0;
};

Integrals at_end(const Integrals& at_start, const InputCurve::Quadratic& c, double h) {
  return {at_start.once + integral_over(c, h),
          at_start.twice + h * (at_start.once + h * (c[0] / 2.0 + h * (c[1] / 6.0 + h * c[2] / 12.0)))};
}

Integrals mean_over(const Integrals& at_start, const InputCurve::Quadratic& c, double h) {
  return {at_start.once + h * (c[0] / 2.0 + h * (c[1] / 6.0 + h * c[2] / 12.0)),
          at_start.twice + h * (at_start.once / 2.0 + h * (c[0] / 6.0 + h * (c[1] / 24.0 + h * c[2] / 60.0)))};
}

}  // namespace

IntegralSensitivity integral_sensitivity(const TimeActivityCurve& target, Sampling sampling, bool wants_twice) {
  const std::size_t n = target.frames.size();
  IntegralSensitivity sensitivity{std::vector<double>(n * n, 0.0), std::vector<double>(wants_twice ? n * n : 0)};
  const std::vector<InputCurve> derivatives = measured_curve_by_activity(target, sampling);
  const std::vector<Step> steps = steps_of(derivatives.front(), target.frames, sampling);
  for (std::size_t j = 0; j < n; ++j) {
    Integrals here;
    for (const Step& step : steps) {
      const InputCurve::Quadratic c = moved_on(derivatives[j].pieces()[step.piece], step.into);
      const Integrals mean = mean_over(here, c, step.length);
      here = at_end(here, c, step.length);
      if (step.frame < 0) continue;
      const bool is_average = sampling == Sampling::average;
      const std::size_t at = static_cast<std::size_t>(step.frame) * n + j;
      if (is_average) {
        sensitivity.once[at] += step.share * mean.once;
        if (wants_twice) sensitivity.twice[at] += step.share * mean.twice;
      } else {
        sensitivity.once[at] = here.once;
        if (wants_twice) sensitivity.twice[at] = here.twice;
      }
    }
  }
  return sensitivity;
}

}  // namespace pet::detail
