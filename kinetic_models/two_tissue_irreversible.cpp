// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/two_tissue_irreversible.h"

#include <tuple>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/plasma_curve.h"
#include "kinetic_models/detail/plasma_start.h"

namespace pet {
namespace {

// y(0) is the running integral of the plasma; the curve is that of two_tissue_curve with k4 = 0.
template <typename T>
std::vector<T> trapped_curve(const MovableInput& plasma, const T& K1, const T& k2, const T& k3, const T& delay) {
  return detail::two_tissue_curve(plasma, K1, k2, k3, T(0.0), delay);
}

}  // namespace

void predict_two_tissue_irreversible(std::span<const double> parameters,
                                     const ScanInput& input,
                                     std::span<double> predicted,
                                     std::span<double> jacobian) {
  const Plasma& plasma = input.plasma();
  const auto model = [&](const auto* p, auto C) {
    const auto& [K1, k2, k3, vB, delay] = std::tie(p[0], p[1], p[2], p[3], p[4]);
    detail::with_blood(plasma, trapped_curve(plasma.movable(), K1, k2, k3, delay), vB, delay, C);
  };
  detail::differentiate<5>(model, parameters, predicted, jacobian);
}

void derive_two_tissue_irreversible(std::span<const double> parameters,
                                    const FitOptions&,
                                    std::span<double> values,
                                    std::span<double> gradient) {
  const auto derive = [](const auto* p, auto out) {
    const auto& [K1, k2, k3] = std::tie(p[0], p[1], p[2]);
    out[0] = K1 * k3 / (k2 + k3);
    out[1] = K1;
    out[2] = k2;
    out[3] = k3;
    out[4] = K1 / k2;
    out[5] = p[3];
    out[6] = p[4];
  };
  detail::differentiate_points<5>(derive, parameters, values, gradient);
}

Fit fit_two_tissue_irreversible(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  std::vector<std::vector<double>> starts;
  for (const detail::Response& r : detail::two_rate_responses(two_tissue_irreversible, target, plasma, options)) {
    // The slow exponential stands for what is trapped: h(infinity) = K1 k3 / (k2 + k3).
    const double k3 = r.fast.rate * r.slow.amplitude / r.K1();
    starts.push_back({r.K1(), r.fast.rate - k3, k3, r.vB, r.delay_min});
  }
  return detail::fit_nonlinear(two_tissue_irreversible, target, plasma, options, starts);
}

}  // namespace pet
