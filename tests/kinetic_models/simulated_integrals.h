// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <vector>

#include "tests/kinetic_models/simulated_scan.h"

namespace simulated {

/// Rates of a two-tissue target with plasma input, and of a one-tissue reference.
struct IntegratedTruth {
  double K1 = 0.35;
  double k2 = 0.09;
  double k3 = 0.06;
  double k4 = 0.03;
  double K1_reference = 0.33;
  double k2_reference = 0.08;

  double VND() const { return K1 / k2; }
  double VT() const { return VND() * (1.0 + k3 / k4); }
  double Ki() const { return K1 * k3 / (k2 + k3); }
};

/// One curve by its mean over every frame: itself, its running integral, and the running integral of that.
struct IntegratedCurve {
  std::vector<double> value;
  std::vector<double> once;
  std::vector<double> twice;
};

struct IntegratedScan {
  IntegratedCurve target;
  IntegratedCurve plasma;
  IntegratedCurve reference;
};

/// All curves of a scan with their integrals, by the classic Runge-Kutta method on the differential equations.
inline IntegratedScan integrated_scan(const IntegratedTruth& k, const pet::Frames& frames) {
  // C1, C2, C_R, then three running integrals each of C_T, C_p and C_R.
  using State = std::array<double, 12>;
  const auto derivative = [&](double t, const State& s) -> State {
    const double c_p = plasma(t);
    return {k.K1 * c_p - (k.k2 + k.k3) * s[0] + k.k4 * s[1],
            k.k3 * s[0] - k.k4 * s[1],
            k.K1_reference * c_p - k.k2_reference * s[2],
            s[0] + s[1],
            s[3],
            s[4],
            c_p,
            s[6],
            s[7],
            s[2],
            s[9],
            s[10]};
  };
  State state{};
  double time = 0.0;
  const auto advance_to = [&](double end) {
    const int steps = static_cast<int>(std::ceil((end - time) * 1200.0));
    for (int i = 0; i < steps; ++i) {
      const double h = (end - time) / (steps - i);
      const auto shifted = [&](const State& slope, double f) {
        State s = state;
        for (std::size_t d = 0; d < s.size(); ++d) s[d] += f * slope[d];
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
  IntegratedScan scan;
  for (const pet::Frame& frame : frames) {
    advance_to(frame.start_min);
    const State start = state;
    advance_to(frame.end_min);
    const auto mean = [&](std::size_t i) { return (state[i] - start[i]) / frame.duration_min(); };
    const auto add = [&](IntegratedCurve& curve, std::size_t first) {
      curve.value.push_back(mean(first));
      curve.once.push_back(mean(first + 1));
      curve.twice.push_back(mean(first + 2));
    };
    add(scan.target, 3);
    add(scan.plasma, 6);
    add(scan.reference, 9);
  }
  return scan;
}

}  // namespace simulated
