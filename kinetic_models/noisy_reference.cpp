// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/noisy_reference.h"

#include <cmath>

#include "kinetic_models/detail/both_curves.h"

namespace pet {

Fit fit_noisy_reference(const Model& model,
                        const TimeActivityCurve& target,
                        const ReferenceRegion& reference,
                        const FitOptions& options,
                        const ReferenceNoise& noise,
                        const std::optional<IntervalOptions>& intervals) {
  detail::require_likelihood(model, options, intervals);
  const Fit ordinary = fit(model, target, reference, options);
  if (!detail::is_start(ordinary)) return ordinary;
  const Eigen::Map<const Eigen::VectorXd> sigma(noise.standard_deviation.data(),
                                                static_cast<Eigen::Index>(noise.standard_deviation.size()));
  const detail::BothCurves curves(model, target, {reference, sigma.asDiagonal(), noise.degrees_of_freedom}, options);
  const double of_ordinary_fit = std::sqrt(ordinary.weighted_rss / ordinary.degrees_of_freedom);
  return detail::as_fit(curves, detail::maximise(curves, ordinary.parameters, of_ordinary_fit), ordinary, intervals);
}

}  // namespace pet
