// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/logan.h"

#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/graphical.h"

namespace pet {

void derive_logan(std::span<const double> coefficients,
                  const FitOptions&,
                  std::span<double> values,
                  std::span<double> gradient) {
  const auto derive = [](const auto* g, auto out) {
    out[0] = g[0];
    out[1] = g[1];
  };
  detail::differentiate_points<2>(derive, coefficients, values, gradient);
}

Fit fit_logan(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  const SampledInput own(measured_curve(target, plasma.sampling()), target.frames, plasma.sampling());
  const auto plot =
      detail::graphical_plot({plasma.input().integral()}, own.integral(), target, plasma.sampling(), options, logan);
  Fit fit = detail::as_fit(logan, plot.line, plot.used, options);
  fit.fitted = detail::curve_of_line(plot, {plasma.input().integral()}, own.integral(), target.frames.size());
  detail::require_physical(fit, fit["VT"].value > 0.0);
  if (plot.skipped > 0) fit.flags.push_back("frames_skipped");
  return fit;
}

}  // namespace pet
