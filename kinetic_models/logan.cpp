// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/logan.h"

#include "kinetic_models/detail/graphical.h"

namespace pet {

Fit fit_logan(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  const SampledInput own(measured_curve(target, plasma.sampling()), target.frames, plasma.sampling());
  const auto plot =
      detail::graphical_plot(plasma.input().integral(), own.integral(), target, plasma.sampling(), options, logan);
  Fit fit = detail::as_fit<2>(logan_quantities, plot.line, plot.used, [](const auto* line, auto out) {
    out[0] = line[0];
    out[1] = line[1];
  });
  fit.fitted = detail::curve_of_line(plot, plasma.input().integral(), own.integral(), target.frames.size());
  detail::require_physical(fit, fit["VT"].value > 0.0);
  if (plot.skipped > 0) fit.flags.push_back("frames_skipped");
  return fit;
}

}  // namespace pet
