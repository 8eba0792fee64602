// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/profile_interval.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kinetic_models/detail/solver.h"

namespace pet::detail {
namespace {

// Which bounds a point of the profile has reached, and whether they keep the quantity from going on.
void note_bounds(ProfilePoint& point, std::span<const double> gradient, std::span<const Parameter> parameters) {
  for (std::size_t j = 0; j < gradient.size(); ++j) {
    const Parameter& p = parameters[j];
    if (!is_at_bound(point.at[j], p)) continue;
    const bool is_lower = point.at[j] - p.lower < p.upper - point.at[j];
    if (is_lower && p.lower == 0.0) {
      point.is_stopped_by_zero = true;
      continue;
    }
    const double outward = is_lower ? -gradient[j] : gradient[j];
    if (outward < 0.0) point.is_stopped_below = true;
    if (outward > 0.0) point.is_stopped_above = true;
  }
}

// A first guess of the half width of an interval, also where there is no standard error.
double first_step(const Estimate& estimate, double factor) {
  if (std::isfinite(estimate.standard_error)) return factor * estimate.standard_error;
  return 0.1 * std::max(std::abs(estimate.value), 1e-2);
}

}  // namespace

double Quantification::operator()(std::span<const double> parameters, std::span<double> gradient) const {
  const std::size_t count = model.quantities.size();
  std::vector<double> values(count);
  std::vector<double> all(gradient.empty() ? 0 : count * parameters.size());
  model.derive(parameters, options, values, all);
  for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] = all[quantity * parameters.size() + j];
  return values[quantity];
}

PulledOptimum pulled_optimum(const ConstrainedFit& constrained,
                             const Quantification& quantification,
                             std::span<const Parameter> parameters,
                             double weighted_rss,
                             double variance) {
  // Whatever the pull, the optimum is that of the constraint "quantity = the value it has there".
  return [=, &constrained, &quantification](double pull) -> ConstrainedOptimum {
    return
        [=, &constrained, &quantification](double value, std::span<const double> start) -> std::optional<ProfilePoint> {
          const auto optimum = constrained.minimise(quantification, value, pull, start);
          if (!optimum) return std::nullopt;
          std::vector<double> gradient(optimum->parameters.size());
          const double reached = quantification(optimum->parameters, gradient);
          const double excess = std::max(optimum->weighted_rss - weighted_rss, 0.0);
          ProfilePoint point{reached, std::sqrt(excess / variance), optimum->parameters};
          note_bounds(point, gradient, parameters);
          return point;
        };
  };
}

void set_profile_interval(const PulledOptimum& optimum, std::size_t quantity, double factor, Fit& fit) {
  Estimate& estimate = fit.estimates[quantity];
  if (!std::isfinite(estimate.value)) return;
  if (estimate.standard_error == 0.0) {
    estimate.lower = estimate.upper = estimate.value;
    return;
  }
  const double step = first_step(estimate, factor);
  const ConstrainedOptimum pulled = optimum(1e4 / std::pow(step / factor, 2));
  estimate.lower = profile_bound(pulled, estimate.value, fit.parameters, step, factor, -1);
  estimate.upper = profile_bound(pulled, estimate.value, fit.parameters, step, factor, 1);
}

void flag_unbounded(Fit& fit) {
  for (std::size_t q = 0; q < fit.estimates.size(); ++q) {
    const Estimate& estimate = fit.estimates[q];
    if (!std::isinf(estimate.lower) && !std::isinf(estimate.upper)) continue;
    fit.flags.push_back(std::string(estimate.symbol) + "_unbounded");
    if (q == 0 && (fit.status == FitStatus::ok || fit.status == FitStatus::at_bound))
      fit.status = FitStatus::unidentifiable;
  }
}

}  // namespace pet::detail
