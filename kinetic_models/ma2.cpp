// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/ma2.h"

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/linear.h"

namespace pet {

void derive_ma2(std::span<const double> coefficients,
                const FitOptions&,
                std::span<double> values,
                std::span<double> gradient) {
  const auto derive = [](const auto* g, auto out) {
    const auto VT = -g[0] / g[1];
    const auto VND = -g[3] * g[3] / (g[0] + g[2] * g[3]);
    out[0] = VT;
    out[1] = VND;
    out[2] = VT - VND;
    out[3] = g[3];
  };
  detail::differentiate<4>(derive, coefficients, values, gradient);
}

Fit fit_ma2(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  const auto used = detail::frames_used(target, options, ma2.least_frames, ma2.name);
  const SampledInput own(measured_curve(target, plasma.sampling()), target.frames, plasma.sampling());
  const std::array all = {plasma.input().double_integral(), own.double_integral(), own.integral(),
                          plasma.input().integral()};
  const std::array columns = {detail::at_frames(all[0], used), detail::at_frames(all[1], used),
                              detail::at_frames(all[2], used), detail::at_frames(all[3], used)};
  auto solution = detail::weighted_least_squares(columns, detail::at_frames(target.activity, used), used.weight);
  detail::propagate_frame_noise(
      solution, columns, used.weight,
      detail::multilinear_error(target, plasma.sampling(), used, solution.coefficients[2], solution.coefficients[1]),
      detail::all_frame_weights(target, options));
  Fit fit = detail::as_fit(ma2, solution, used, options);
  fit.fitted = detail::only_frames_used(detail::combination(all, solution.coefficients), used);
  detail::require_physical(fit, fit["VT"].value > 0.0 && fit["K1"].value > 0.0 && solution.coefficients[1] < 0.0);
  return fit;
}

}  // namespace pet
