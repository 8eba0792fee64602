// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/patlak_ref.h"

#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/linear.h"

namespace pet {

void derive_patlak_ref(std::span<const double> coefficients,
                       const FitOptions&,
                       std::span<double> values,
                       std::span<double> gradient) {
  const auto derive = [](const auto* g, auto out) {
    out[0] = g[0];
    out[1] = g[1];
  };
  detail::differentiate_points<2>(derive, coefficients, values, gradient);
}

Fit fit_patlak_ref(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  const auto used = detail::frames_used(target, options, patlak_ref.least_frames, patlak_ref.name);
  const std::array all = {reference.input().integral(), reference.input().value()};
  const std::array columns = {detail::at_frames(all[0], used), detail::at_frames(all[1], used)};
  // The input is taken as exact, so that the frames' own variances are those of the residuals.
  const auto solution = detail::weighted_least_squares(columns, detail::at_frames(target.activity, used), used.weight);
  Fit fit = detail::as_fit(patlak_ref, solution, used, options);
  fit.fitted = detail::only_frames_used(detail::combination(all, solution.coefficients), used);
  return fit;
}

}  // namespace pet
