// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/mrtm2.h"

#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/linear.h"

namespace pet {

void derive_mrtm2(std::span<const double> coefficients,
                  const FitOptions& options,
                  std::span<double> values,
                  std::span<double> gradient) {
  const auto derive = [k2prime = options.k2prime.value()](const auto* g, auto out) {
    out[0] = -g[0] / g[1] - 1.0;
    out[1] = g[0] / k2prime;
    out[2] = g[0];
    out[3] = -g[1];
  };
  detail::differentiate_points<2>(derive, coefficients, values, gradient);
}

Fit fit_mrtm2(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  const double k2prime = options.k2prime.value();
  const auto used = detail::frames_used(target, options, mrtm2.least_frames, mrtm2.name);
  const SampledInput own(measured_curve(target, reference.sampling()), target.frames, reference.sampling());
  const std::array terms = {reference.input().integral(), reference.input().value()};
  const std::array all = {detail::combination(terms, std::array{1.0, 1.0 / k2prime}), own.integral()};
  const std::array columns = {detail::at_frames(all[0], used), detail::at_frames(all[1], used)};
  auto solution = detail::weighted_least_squares(columns, detail::at_frames(target.activity, used), used.weight);
  detail::propagate_frame_noise(solution, columns, used.weight,
                                detail::multilinear_error(target, reference.sampling(), used, solution.coefficients[1]),
                                detail::all_frame_weights(target, options));
  Fit fit = detail::as_fit(mrtm2, solution, used, options);
  fit.fitted = detail::only_frames_used(detail::combination(all, solution.coefficients), used);
  detail::require_physical(fit, fit["k2a"].value > 0.0 && fit["R1"].value > 0.0);
  return fit;
}

}  // namespace pet
