// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/displacement.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/reference_start.h"
#include "kinetic_models/detail/response_regression.h"
#include "kinetic_models/detail/varying_rates.h"
#include "kinetic_models/srtm.h"

namespace pet {
namespace {

// With C_T = R1 C_R + y the derivative of C_R is not needed: y' = (k2 - R1 k2a(t)) C_R - k2a(t) y.
template <typename T>
void predict(const ReferenceRegion& reference, const T* p, std::span<T> C_T) {
  const auto& [R1, k2, BPND, occupancy, onset, rise] = std::tie(p[0], p[1], p[2], p[3], p[4], p[5]);
  const auto rates = [&, R1 = R1, k2 = k2, BPND = BPND, occupancy = occupancy, onset = onset, rise = rise](const T& t) {
    using std::exp;
    T bound = BPND;
    if (t > onset) bound *= 1.0 - occupancy * (1.0 - exp(-rise * (t - onset)));
    const T k2a = k2 / (1.0 + bound);
    return detail::RatesAt<T>{k2 - R1 * k2a, k2a};
  };
  const std::vector<T> y =
      detail::solve_varying<T>(reference.steps(), reference.tac().frames, reference.sampling(), onset, rates);
  for (std::size_t i = 0; i < C_T.size(); ++i) C_T[i] = R1 * reference.input().value()[i] + y[i];
}

// From the multilinear form with the response 1 - exp(-rise (t - onset)), whose efflux has the same beginning and end:
// the best of the onsets at frame starts for each of a few rises.
std::vector<std::vector<double>> starts(const TimeActivityCurve& target,
                                        const ReferenceRegion& reference,
                                        const detail::FramesUsed& used,
                                        std::span<const Parameter> parameters) {
  const detail::ResponseRegression regression(target, reference, used);
  const Parameter& onset_bounds = parameters[4];
  std::vector<std::vector<double>> found;
  for (const double rise : {0.03, 0.1, 0.5}) {
    detail::ResponseRegression::Found best;
    double best_onset = 0.0;
    for (const double onset : detail::onsets_between_frames(target.frames, used)) {
      if (onset < onset_bounds.lower || onset > onset_bounds.upper) continue;
      const auto response = [rise](double after) { return -std::expm1(-rise * after); };
      const auto candidate = regression.fit(regression.integral(onset, response));
      if (!(candidate.weighted_rss < best.weighted_rss)) continue;
      best = candidate;
      best_onset = onset;
    }
    if (!std::isfinite(best.weighted_rss)) continue;
    const auto& [R1, k2, k2a, gamma] = std::tie(best.R1, best.k2, best.k2a, best.gamma);
    const double BPND = k2 / k2a - 1.0;
    found.push_back({R1, k2, BPND, 1.0 - (k2 / (k2a + gamma) - 1.0) / BPND, best_onset, rise});
    if (!std::all_of(found.back().begin(), found.back().end(), [](double v) { return std::isfinite(v); }))
      found.pop_back();
  }
  if (!found.empty()) return found;
  found.emplace_back();
  for (const Parameter& parameter : parameters) found.back().push_back(parameter.initial);
  return found;
}

// Of srtm, with the bounds that the two models share.
double aicc_without_drug(const TimeActivityCurve& target, const ReferenceRegion& reference, FitOptions options) {
  std::erase_if(options.bounds, [](const BoundOverride& bounds) {
    return std::ranges::none_of(srtm_parameters, [&](const Parameter& p) { return p.symbol == bounds.symbol; });
  });
  return fit_srtm(target, reference, options).aicc;
}

}  // namespace

void predict_displacement(std::span<const double> parameters,
                          const ScanInput& input,
                          std::span<double> predicted,
                          std::span<double> jacobian) {
  const auto model = [&](const auto* p, auto C_T) { predict(input.reference(), p, C_T); };
  detail::differentiate<displacement_parameters.size()>(model, parameters, predicted, jacobian);
}

void derive_displacement(std::span<const double> parameters,
                         const FitOptions&,
                         std::span<double> values,
                         std::span<double> gradient) {
  const auto derive = [](const auto* p, auto out) {
    const auto& [R1, k2, BPND, occupancy, onset, rise] = std::tie(p[0], p[1], p[2], p[3], p[4], p[5]);
    out[0] = BPND;
    out[1] = occupancy;
    out[2] = onset;
    out[3] = rise;
    out[4] = R1;
    out[5] = k2;
    out[6] = k2 / (1.0 + BPND);
    out[7] = k2 / R1;
  };
  detail::differentiate<displacement_parameters.size()>(derive, parameters, values, gradient);
}

Fit fit_displacement(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  const auto parameters = detail::with_bounds(displacement_parameters, options);
  const auto used = detail::frames_used(target, options, displacement.least_frames, displacement.name);
  Fit fit =
      detail::fit_nonlinear(displacement, target, reference, options, starts(target, reference, used, parameters));
  detail::flag_low_binding(fit);
  if (!fit.parameters.empty() && !(fit.aicc < aicc_without_drug(target, reference, options)))
    detail::mark_no_displacement(fit);
  return fit;
}

}  // namespace pet
