// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/patlak.h"

#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/linear.h"

namespace pet {

void derive_patlak(std::span<const double> coefficients,
                   const FitOptions&,
                   std::span<double> values,
                   std::span<double> gradient) {
  const auto derive = [](const auto* g, auto out) {
    out[0] = g[0];
    out[1] = g[1];
  };
  detail::differentiate_points<2>(derive, coefficients, values, gradient);
}

Fit fit_patlak(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  const auto used = detail::frames_used(target, options, patlak.least_frames, patlak.name);
  const std::array all = {plasma.input().integral(), plasma.input().value()};
  const std::array columns = {detail::at_frames(all[0], used), detail::at_frames(all[1], used)};
  // The input is taken as exact, so that the frames' own variances are those of the residuals.
  const auto solution = detail::weighted_least_squares(columns, detail::at_frames(target.activity, used), used.weight);
  Fit fit = detail::as_fit(patlak, solution, used, options);
  fit.fitted = detail::only_frames_used(detail::combination(all, solution.coefficients), used);
  return fit;
}

}  // namespace pet
