// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/mrtm0.h"

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/graphical.h"
#include "kinetic_models/detail/reference_start.h"

namespace pet {

void derive_mrtm0(std::span<const double> coefficients,
                  const FitOptions&,
                  std::span<double> values,
                  std::span<double> gradient) {
  const auto derive = [](const auto* g, auto out) {
    const auto k2a = -1.0 / g[2];
    out[0] = g[0] - 1.0;
    out[1] = g[0];
    out[2] = k2a * g[1];
    out[3] = k2a;
    out[4] = g[0] / g[1];
  };
  detail::differentiate<3>(derive, coefficients, values, gradient);
}

Fit fit_mrtm0(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  const SampledInput own(measured_curve(target, reference.sampling()), target.frames, reference.sampling());
  const std::vector<double>& integral = reference.input().integral();
  const std::vector<double>& value = reference.input().value();
  auto plot = detail::graphical_plot({integral, value}, own.integral(), target, reference.sampling(), options, mrtm0);
  Fit fit = detail::as_fit(mrtm0, plot.line, plot.used, options);
  fit.fitted = detail::curve_of_line(plot, {integral, value}, own.integral(), target.frames.size());
  detail::require_physical(fit, fit["k2a"].value > 0.0 && fit["DVR"].value > 0.0);
  if (options.t_star_min)
    for (Estimate& estimate : fit.estimates)
      if (estimate.symbol != "BPND" && estimate.symbol != "DVR")
        estimate.value = estimate.standard_error = not_available;
  if (plot.skipped > 0) fit.flags.push_back("frames_skipped");
  detail::flag_low_binding(fit);
  return fit;
}

}  // namespace pet
