// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/mrtm.h"

#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/linear.h"
#include "kinetic_models/detail/reference_start.h"

namespace pet {

void derive_mrtm(std::span<const double> coefficients,
                 const FitOptions&,
                 std::span<double> values,
                 std::span<double> gradient) {
  const auto derive = [](const auto* g, auto out) {
    out[0] = -g[0] / g[1] - 1.0;
    out[1] = g[2];
    out[2] = g[0];
    out[3] = -g[1];
    out[4] = g[0] / g[2];
  };
  detail::differentiate_points<3>(derive, coefficients, values, gradient);
}

Fit fit_mrtm(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  const auto used = detail::frames_used(target, options, mrtm.least_frames, mrtm.name);
  const SampledInput own(measured_curve(target, reference.sampling()), target.frames, reference.sampling());
  const std::array all = {reference.input().integral(), own.integral(), reference.input().value()};
  const std::array columns = {detail::at_frames(all[0], used), detail::at_frames(all[1], used),
                              detail::at_frames(all[2], used)};
  auto solution = detail::weighted_least_squares(columns, detail::at_frames(target.activity, used), used.weight);
  detail::propagate_frame_noise(solution, columns, used.weight,
                                detail::multilinear_error(target, reference.sampling(), used, solution.coefficients[1]),
                                detail::all_frame_weights(target, options));
  Fit fit = detail::as_fit(mrtm, solution, used, options);
  fit.fitted = detail::only_frames_used(detail::combination(all, solution.coefficients), used);
  detail::require_physical(fit, fit["k2a"].value > 0.0 && (options.t_star_min || fit["R1"].value > 0.0));
  // From t* on only the ratio of the first two coefficients has its meaning.
  if (options.t_star_min)
    for (Estimate& estimate : fit.estimates)
      if (estimate.symbol != "BPND") estimate.value = estimate.standard_error = not_available;
  detail::flag_low_binding(fit);
  return fit;
}

}  // namespace pet
