// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/suvr.h"

#include <cmath>

#include "kinetic_models/detail/derived.h"
#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/linear.h"

namespace pet {

void derive_suvr(std::span<const double> coefficients,
                 const FitOptions&,
                 std::span<double> values,
                 std::span<double> gradient) {
  const auto derive = [](const auto* g, auto out) {
    out[0] = g[0] - 1.0;
    out[1] = g[0];
  };
  detail::differentiate_points<1>(derive, coefficients, values, gradient);
}

Fit fit_suvr(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  FitOptions unweighted = options;
  unweighted.weights.clear();
  const auto used = detail::frames_used(target, unweighted, suvr.least_frames, suvr.name);
  double target_area = 0.0;
  double reference_area = 0.0;
  for (const std::size_t i : used.index) {
    target_area += target.frames[i].duration_min() * target.activity[i];
    reference_area += target.frames[i].duration_min() * reference.tac().activity[i];
  }
  const double ratio = target_area / reference_area;

  // Variance of a ratio of sums from the residuals about it (Cochran WG. Sampling Techniques, 3rd ed. 1977, eq. 6.10,
  // without finite population).
  double scatter = 0.0;
  double rss = 0.0;
  Fit fit;
  fit.fitted.assign(target.frames.size(), not_available);
  for (const std::size_t i : used.index) {
    fit.fitted[i] = ratio * reference.tac().activity[i];
    const double residual = target.activity[i] - fit.fitted[i];
    rss += residual * residual;
    scatter += std::pow(target.frames[i].duration_min() * residual, 2);
  }
  const auto n = static_cast<double>(used.index.size());
  const double error = n > 1.0 ? std::sqrt(scatter * n / (n - 1.0)) / std::abs(reference_area) : not_available;
  const bool is_usable = std::isfinite(ratio) && reference_area > 0.0;
  fit.status = is_usable ? FitStatus::ok : FitStatus::failed;
  if (fit.status == FitStatus::failed) fit.flags.push_back("zero_reference");
  fit.parameters = {is_usable ? ratio : not_available};
  fit.covariance = {is_usable ? error * error : not_available};
  fit.estimates = detail::derived_estimates(suvr, fit.parameters, fit.covariance, options);
  detail::add_goodness_of_fit(fit, rss, used.index.size(), 1);
  return fit;
}

}  // namespace pet
