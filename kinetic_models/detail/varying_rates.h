// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <vector>

#include "kinetic_models/detail/plasma_curve.h"
#include "kinetic_models/frame_steps.h"

namespace pet::detail {

/// The rates of y' = source(t) C(t) - loss(t) y at one time, source without unit and loss in 1/min.
template <typename T>
struct RatesAt {
  T source;
  T loss;
};

/// The collocation method of Gauss with three stages, of order six, for both y and its integral (Hairer E, Norsett SP,
/// Wanner G. Solving Ordinary Differential Equations I. Springer 1993, section II.7, table 7.4).
struct GaussStages {
  static constexpr double root_15 = 3.872983346207417;
  static constexpr std::array<double, 3> time = {0.5 - root_15 / 10.0, 0.5, 0.5 + root_15 / 10.0};
  static constexpr std::array<double, 3> weight = {5.0 / 18.0, 4.0 / 9.0, 5.0 / 18.0};
  static constexpr std::array<std::array<double, 3>, 3> inner = {
      {{5.0 / 36.0, 2.0 / 9.0 - root_15 / 15.0, 5.0 / 36.0 - root_15 / 30.0},
       {5.0 / 36.0 + root_15 / 24.0, 2.0 / 9.0, 5.0 / 36.0 - root_15 / 24.0},
       {5.0 / 36.0 + root_15 / 30.0, 2.0 / 9.0 + root_15 / 15.0, 5.0 / 36.0}}};
};

/// Solves a 3 x 3 system by Cramer's rule.
template <typename T>
std::array<T, 3> solve_three(const std::array<std::array<T, 3>, 3>& m, const std::array<T, 3>& b) {
  const auto minor = [&](int r, int s, int c, int d) { return m[r][c] * m[s][d] - m[r][d] * m[s][c]; };
  const T m12_12 = minor(1, 2, 1, 2), m12_02 = minor(1, 2, 0, 2), m12_01 = minor(1, 2, 0, 1);
  const T m02_12 = minor(0, 2, 1, 2), m02_02 = minor(0, 2, 0, 2), m02_01 = minor(0, 2, 0, 1);
  const T m01_12 = minor(0, 1, 1, 2), m01_02 = minor(0, 1, 0, 2), m01_01 = minor(0, 1, 0, 1);
  const T scale = 1.0 / (m[0][0] * m12_12 - m[0][1] * m12_02 + m[0][2] * m12_01);
  return {(b[0] * m12_12 - b[1] * m02_12 + b[2] * m01_12) * scale,
          (b[1] * m02_02 - b[0] * m12_02 - b[2] * m01_02) * scale,
          (b[0] * m12_01 - b[1] * m02_01 + b[2] * m01_01) * scale};
}

/// One step of y' = gain - loss y, gain and loss being given at the three stages: moves `y` to the end and returns the
/// integral of y over it.
template <typename T>
T gauss_step(T& y, const T& length, const std::array<T, 3>& gain, const std::array<T, 3>& loss) {
  using Stages = GaussStages;
  std::array<std::array<T, 3>, 3> system;
  std::array<T, 3> right;
  for (std::size_t i = 0; i < 3; ++i) {
    right[i] = y;
    for (std::size_t j = 0; j < 3; ++j) {
      const T share = Stages::inner[i][j] * length;
      right[i] += share * gain[j];
      system[i][j] = share * loss[j];
    }
    system[i][i] += 1.0;
  }
  const std::array<T, 3> stage = solve_three(system, right);
  T integral(0.0);
  for (std::size_t i = 0; i < 3; ++i) {
    y += Stages::weight[i] * length * (gain[i] - loss[i] * stage[i]);
    integral += Stages::weight[i] * length * stage[i];
  }
  return integral;
}

/// One step of y' = source C - loss y from `time` on. `c` is the curve from `into` minutes after its own origin on.
template <typename T, typename Rates>
T advance(T& y, const T& time, const T& length, const InputCurve::Quadratic& c, const T& into, const Rates& rates) {
  std::array<T, 3> gain;
  std::array<T, 3> loss;
  for (std::size_t i = 0; i < 3; ++i) {
    const T at = into + GaussStages::time[i] * length;
    const RatesAt<T> r = rates(T(time + GaussStages::time[i] * length));
    gain[i] = r.source * (c[0] + at * (c[1] + at * c[2]));
    loss[i] = r.loss;
  }
  return gauss_step(y, length, gain, loss);
}

/// The solution of y' = source(t) C(t) - loss(t) y, y = 0 before the curve begins, by frame: its mean over the frame,
/// or its value at mid-frame. `rates(t)` gives both rates; where they have a kink, at `kink`, a step is split, so that
/// the result and its derivative by the kink are those of smooth pieces. T is double or a dual number.
template <typename T, typename Rates>
std::vector<T> solve_varying(
    std::span<const FrameStep> steps, const Frames& frames, Sampling sampling, const T& kink, const Rates& rates) {
  std::vector<T> result(frames.size(), T(0.0));
  T y(0.0);
  for (const FrameStep& step : steps) {
    const double before = plain(kink) - step.start_min;
    T integral(0.0);
    if (before > 0.0 && before < step.length_min) {
      const T first = kink - step.start_min;
      integral = advance(y, T(step.start_min), first, step.c, T(0.0), rates);
      integral += advance(y, kink, T(step.length_min - first), step.c, first, rates);
    } else {
      integral = advance(y, T(step.start_min), T(step.length_min), step.c, T(0.0), rates);
    }
    if (step.frame < 0) continue;
    const auto f = static_cast<std::size_t>(step.frame);
    if (sampling == Sampling::average)
      result[f] += integral / frames[f].duration_min();
    else
      result[f] = y;
  }
  return result;
}

}  // namespace pet::detail
