// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/two_tissue_vnd.h"

#include <tuple>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/plasma_curve.h"
#include "kinetic_models/detail/plasma_start.h"

namespace pet {

void predict_two_tissue_vnd(std::span<const double> parameters,
                            const ScanInput& input,
                            std::span<double> predicted,
                            std::span<double> jacobian) {
  const Plasma& plasma = input.plasma();
  const auto model = [&](const auto* p, auto C) {
    const auto& [K1, BPND, k4, VND, vB, delay] = std::tie(p[0], p[1], p[2], p[3], p[4], p[5]);
    const auto C_T =
        detail::two_tissue_curve<std::decay_t<decltype(K1)>>(plasma.movable(), K1, K1 / VND, BPND * k4, k4, delay);
    detail::with_blood(plasma, C_T, vB, delay, C);
  };
  detail::differentiate<6>(model, parameters, predicted, jacobian);
}

void derive_two_tissue_vnd(std::span<const double> parameters,
                           const FitOptions& options,
                           std::span<double> values,
                           std::span<double> gradient) {
  const double fP = options.plasma_free_fraction.value_or(1.0);
  const auto derive = [fP](const auto* p, auto out) {
    const auto& [K1, BPND, k4, VND] = std::tie(p[0], p[1], p[2], p[3]);
    out[0] = BPND;
    out[1] = VND * (1.0 + BPND);
    out[2] = VND;
    out[3] = VND * BPND;
    out[4] = out[3] / fP;
    out[5] = K1;
    out[6] = K1 / VND;
    out[7] = BPND * k4;
    out[8] = k4;
    out[9] = p[4];
    out[10] = p[5];
  };
  detail::differentiate<6>(derive, parameters, values, gradient);
}

Fit fit_two_tissue_vnd(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  const double VND = options.VND.value.value_or(two_tissue_vnd_parameters[3].initial);
  std::vector<std::vector<double>> starts;
  for (const detail::Response& r : detail::two_rate_responses(two_tissue_vnd, target, plasma, options)) {
    const double VT = r.fast.amplitude / r.fast.rate + r.slow.amplitude / r.slow.rate;
    starts.push_back({r.K1(), std::max(VT / VND - 1.0, 0.05), r.k4(), VND, r.vB, r.delay_min});
    starts.push_back({r.K1(), 1.0, 0.03, VND, r.vB, r.delay_min});
  }
  return detail::fit_nonlinear(two_tissue_vnd, target, plasma, options, starts);
}

}  // namespace pet
