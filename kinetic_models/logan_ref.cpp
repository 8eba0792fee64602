// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/logan_ref.h"

#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/graphical.h"

namespace pet {

void derive_logan_ref(std::span<const double> coefficients,
                      const FitOptions&,
                      std::span<double> values,
                      std::span<double> gradient) {
  const auto derive = [](const auto* g, auto out) {
    out[0] = g[0] - 1.0;
    out[1] = g[0];
    out[2] = g[1];
  };
  detail::differentiate_points<2>(derive, coefficients, values, gradient);
}

Fit fit_logan_ref(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  const SampledInput own(measured_curve(target, reference.sampling()), target.frames, reference.sampling());
  const std::array terms = {reference.input().integral(), reference.input().value()};
  const double efflux_min = options.k2prime ? 1.0 / *options.k2prime : 0.0;
  const std::vector<double> numerator = detail::combination(terms, std::array{1.0, efflux_min});
  const auto plot =
      detail::graphical_plot({numerator}, own.integral(), target, reference.sampling(), options, logan_ref);
  Fit fit = detail::as_fit(logan_ref, plot.line, plot.used, options);
  fit.fitted = detail::curve_of_line(plot, {numerator}, own.integral(), target.frames.size());
  detail::require_physical(fit, fit["DVR"].value > 0.0);
  if (!options.k2prime) fit.flags.push_back("no_efflux_term");
  if (plot.skipped > 0) fit.flags.push_back("frames_skipped");
  return fit;
}

}  // namespace pet
