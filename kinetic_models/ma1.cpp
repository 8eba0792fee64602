// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/ma1.h"

#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/linear.h"

namespace pet {

void derive_ma1(std::span<const double> coefficients,
                const FitOptions&,
                std::span<double> values,
                std::span<double> gradient) {
  const auto derive = [](const auto* g, auto out) {
    out[0] = -g[0] / g[1];
    out[1] = g[1];
  };
  detail::differentiate_points<2>(derive, coefficients, values, gradient);
}

Fit fit_ma1(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  const auto used = detail::frames_used(target, options, ma1.least_frames, ma1.name);
  const SampledInput own(measured_curve(target, plasma.sampling()), target.frames, plasma.sampling());
  const std::array all = {plasma.input().integral(), own.integral()};
  const std::array columns = {detail::at_frames(all[0], used), detail::at_frames(all[1], used)};
  auto solution = detail::weighted_least_squares(columns, detail::at_frames(target.activity, used), used.weight);
  detail::propagate_frame_noise(solution, columns, used.weight,
                                detail::multilinear_error(target, plasma.sampling(), used, solution.coefficients[1]),
                                detail::all_frame_weights(target, options));
  Fit fit = detail::as_fit(ma1, solution, used, options);
  fit.fitted = detail::only_frames_used(detail::combination(all, solution.coefficients), used);
  detail::require_physical(fit, fit["VT"].value > 0.0 && fit["b"].value < 0.0);
  return fit;
}

}  // namespace pet
