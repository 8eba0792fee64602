// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <functional>
#include <utility>
#include <vector>

#include "libpet/time_activity_curve.h"

// Curves for tests, by an independent route: the differential equations are integrated in small steps with the classic
// fourth-order Runge-Kutta method; no closed form and no code of the project takes part.
namespace simulated {

/// Frames from a schedule of (count, seconds).
inline pet::Frames frames(const std::vector<std::pair<int, double>>& schedule) {
  std::vector<pet::Frame> result;
  double time_s = 0.0;
  for (const auto& [count, seconds] : schedule)
    for (int i = 0; i < count; ++i, time_s += seconds) result.push_back({time_s / 60.0, (time_s + seconds) / 60.0});
  return pet::Frames(result);
}

/// The 120-minute schedule of [11C]Cimbi-36 scans (docs/models): 6x10, 6x20, 6x60, 8x120, 19x300 s.
inline pet::Frames cimbi36_frames() {
  return frames({{6, 10}, {6, 20}, {6, 60}, {8, 120}, {19, 300}});
}

/// Parent plasma in kBq/mL: a Feng-type bolus that arrives at 0.5 min.
inline double plasma(double t_min) {
  const double tau = t_min - 0.5;
  if (tau <= 0.0) return 0.0;
  return (500.0 * tau - 15.5) * std::exp(-5.0 * tau) + 12.0 * std::exp(-0.25 * tau) + 3.5 * std::exp(-0.012 * tau);
}

/// Kinetics of a one-tissue reference and a target that the simplified reference tissue model describes exactly.
struct SrtmTruth {
  double K1_reference = 0.33;
  double k2_reference = 0.04125;
  double R1 = 1.05;
  double BPND = 1.2;

  double k2() const { return R1 * k2_reference; }
  double k2a() const { return k2() / (1.0 + BPND); }
};

struct Scan {
  pet::TimeActivityCurve reference;
  pet::TimeActivityCurve target;
};

/// Frame averages (or values at mid-frame) of reference and target.
inline Scan srtm_scan(const SrtmTruth& truth, const pet::Frames& frames, bool average = true) {
  // State: C_R, its running integral, y = C_R (x) exp(-k2a t), its running integral.
  using State = std::array<double, 4>;
  const auto derivative = [&](double t, const State& s) -> State {
    return {truth.K1_reference * plasma(t) - truth.k2_reference * s[0], s[0], s[0] - truth.k2a() * s[2], s[2]};
  };
  const double coupling = truth.k2() - truth.R1 * truth.k2a();
  State state{};
  double time = 0.0;
  const auto advance_to = [&](double end) {
    const int steps = static_cast<int>(std::ceil((end - time) * 1200.0));
    for (int i = 0; i < steps; ++i) {
      const double h = (end - time) / (steps - i);
      const auto shifted = [&](const State& k, double f) {
        State s = state;
        for (std::size_t d = 0; d < s.size(); ++d) s[d] += f * k[d];
        return s;
      };
      const State k1 = derivative(time, state);
      const State k2 = derivative(time + h / 2, shifted(k1, h / 2));
      const State k3 = derivative(time + h / 2, shifted(k2, h / 2));
      const State k4 = derivative(time + h, shifted(k3, h));
      for (std::size_t d = 0; d < state.size(); ++d) state[d] += h / 6 * (k1[d] + 2 * k2[d] + 2 * k3[d] + k4[d]);
      time += h;
    }
  };
  Scan scan{{frames, {}}, {frames, {}}};
  for (const pet::Frame& frame : frames) {
    advance_to(frame.start_min);
    const State start = state;
    advance_to(frame.mid_min());
    const State middle = state;
    advance_to(frame.end_min);
    const double c_r = average ? (state[1] - start[1]) / frame.duration_min() : middle[0];
    const double y = average ? (state[3] - start[3]) / frame.duration_min() : middle[2];
    scan.reference.activity.push_back(c_r);
    scan.target.activity.push_back(truth.R1 * c_r + coupling * y);
  }
  return scan;
}

/// Rates of a two-tissue target with a plasma input, in 1/min (K1: mL/cm3/min).
struct TwoTissueTruth {
  double K1 = 0.34;
  double k2 = 0.0425;
  double k3 = 0.0864;
  double k4 = 0.06;
  double vB = 0.0;
  double delay_min = 0.0;

  double VT() const { return K1 / k2 * (1.0 + k3 / k4); }
};

/// Frame averages of a two-tissue target; whole blood is the plasma.
inline pet::TimeActivityCurve two_tissue_target(const TwoTissueTruth& truth, const pet::Frames& frames) {
  // State: C_1, C_2, their running integral, that of the blood.
  using State = std::array<double, 4>;
  const auto derivative = [&](double t, const State& s) -> State {
    const double blood = plasma(t - truth.delay_min);
    return {truth.K1 * blood - (truth.k2 + truth.k3) * s[0] + truth.k4 * s[1], truth.k3 * s[0] - truth.k4 * s[1],
            s[0] + s[1], blood};
  };
  State state{};
  double time = 0.0;
  const double arrival = 0.5 + truth.delay_min;  // no step may cross the jump of the slope
  const auto advance_to = [&](double end) {
    if (!(end > time)) return;
    const int steps = static_cast<int>(std::ceil((end - time) * 1200.0));
    const double h = (end - time) / steps;
    for (int i = 0; i < steps; ++i) {
      const double t = time + i * h;
      const auto shifted = [&](const State& k, double f) {
        State s = state;
        for (std::size_t d = 0; d < s.size(); ++d) s[d] += f * k[d];
        return s;
      };
      const State k1 = derivative(t, state);
      const State k2 = derivative(t + h / 2, shifted(k1, h / 2));
      const State k3 = derivative(t + h / 2, shifted(k2, h / 2));
      const State k4 = derivative(t + h, shifted(k3, h));
      for (std::size_t d = 0; d < state.size(); ++d) state[d] += h / 6 * (k1[d] + 2 * k2[d] + 2 * k3[d] + k4[d]);
    }
    time = end;
  };
  pet::TimeActivityCurve target{frames, {}};
  for (const pet::Frame& frame : frames) {
    if (frame.start_min >= arrival) advance_to(arrival);
    advance_to(frame.start_min);
    const State start = state;
    if (frame.end_min >= arrival && time < arrival) advance_to(arrival);
    advance_to(frame.end_min);
    const double tissue = (state[2] - start[2]) / frame.duration_min();
    const double blood = (state[3] - start[3]) / frame.duration_min();
    target.activity.push_back((1.0 - truth.vB) * tissue + truth.vB * blood);
  }
  return target;
}

/// What a drug does to the binding as time goes on, as a share of what it does in the end: 0 up to the onset.
inline double rising(double t, double onset, double rise) {
  return t > onset ? 1.0 - std::exp(-rise * (t - onset)) : 0.0;
}

/// The response of lp-ntPET: 0 up to the onset, 1 at the peak.
inline double gamma_variate(double t, double onset, double peak, double alpha) {
  const double tau = (t - onset) / (peak - onset);
  return tau > 0.0 ? std::pow(tau, alpha) * std::exp(alpha * (1.0 - tau)) : 0.0;
}

/// Frame averages of a target of one tissue compartment whose efflux rate constant changes with time, driven by the
/// plasma: what a drug given within the scan does. A kink of `k2a` must be at the edge of a frame.
inline pet::TimeActivityCurve displaced_target(double K1,
                                               const std::function<double(double)>& k2a,
                                               const pet::Frames& frames) {
  using State = std::array<double, 2>;  // C_T, its running integral
  const auto derivative = [&](double t, const State& s) -> State { return {K1 * plasma(t) - k2a(t) * s[0], s[0]}; };
  State state{};
  pet::TimeActivityCurve target{frames, {}};
  for (const pet::Frame& frame : frames) {
    const double before = state[1];
    const int steps = static_cast<int>(std::ceil(frame.duration_min() * 1200.0));
    const double h = frame.duration_min() / steps;
    for (int i = 0; i < steps; ++i) {
      const double t = frame.start_min + i * h;
      const State k1 = derivative(t, state);
      const State k2 = derivative(t + h / 2, {state[0] + h / 2 * k1[0], 0.0});
      const State k3 = derivative(t + h / 2, {state[0] + h / 2 * k2[0], 0.0});
      const State k4 = derivative(t + h, {state[0] + h * k3[0], 0.0});
      for (std::size_t d = 0; d < state.size(); ++d) state[d] += h / 6 * (k1[d] + 2 * k2[d] + 2 * k3[d] + k4[d]);
    }
    target.activity.push_back((state[1] - before) / frame.duration_min());
  }
  return target;
}

}  // namespace simulated
