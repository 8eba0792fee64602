// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/two_tissue.h"

#include <tuple>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/plasma_curve.h"
#include "kinetic_models/detail/plasma_start.h"

namespace pet {

void predict_two_tissue(std::span<const double> parameters,
                        const ScanInput& input,
                        std::span<double> predicted,
                        std::span<double> jacobian) {
  const Plasma& plasma = input.plasma();
  const auto model = [&](const auto* p, auto C) {
    const auto& [K1, k2, k3, k4, vB, delay] = std::tie(p[0], p[1], p[2], p[3], p[4], p[5]);
    const auto C_T = detail::two_tissue_curve(plasma.movable(), K1, k2, k3, k4, delay);
    detail::with_blood(plasma, C_T, vB, delay, C);
  };
  detail::differentiate<6>(model, parameters, predicted, jacobian);
}

void derive_two_tissue(std::span<const double> parameters,
                       const FitOptions& options,
                       std::span<double> values,
                       std::span<double> gradient) {
  const double fP = options.plasma_free_fraction.value_or(1.0);
  const auto derive = [fP](const auto* p, auto out) {
    const auto& [K1, k2, k3, k4] = std::tie(p[0], p[1], p[2], p[3]);
    out[1] = K1 / k2;
    out[3] = k3 / k4;
    out[2] = out[1] * out[3];
    out[0] = out[1] + out[2];
    out[4] = out[2] / fP;
    for (std::size_t i = 0; i < 6; ++i) out[i + 5] = p[i];
  };
  detail::differentiate_points<6>(derive, parameters, values, gradient);
}

Fit fit_two_tissue(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  std::vector<std::vector<double>> starts;
  for (const detail::Response& r : detail::two_rate_responses(two_tissue, target, plasma, options))
    starts.push_back({r.K1(), r.k2(), r.k3(), r.k4(), r.vB, r.delay_min});
  return detail::fit_nonlinear(two_tissue, target, plasma, options, starts);
}

}  // namespace pet
