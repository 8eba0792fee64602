// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/intervals.h"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <string>

#include "kinetic_models/detail/bootstrap.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/profile.h"
#include "kinetic_models/detail/solver.h"
#include "libpet/error.h"

namespace pet {
namespace {

// Value and gradient of one quantity.
struct Quantification {
  const Model& model;
  const FitOptions& options;
  std::size_t quantity;

  double operator()(std::span<const double> parameters, std::span<double> gradient) const {
    const std::size_t count = model.quantities.size();
    std::vector<double> values(count);
    std::vector<double> all(gradient.empty() ? 0 : count * parameters.size());
    model.derive(parameters, options, values, all);
    for (std::size_t j = 0; j < gradient.size(); ++j) gradient[j] = all[quantity * parameters.size() + j];
    return values[quantity];
  }
};

bool is_constant(const Estimate& estimate) {
  return estimate.standard_error == 0.0;
}

// A first guess of the half width, also where there is no standard error.
double first_step(const Estimate& estimate, double factor) {
  if (std::isfinite(estimate.standard_error)) return factor * estimate.standard_error;
  return 0.1 * std::max(std::abs(estimate.value), 1e-2);
}

// Which bounds a point of the profile has reached, and whether they keep the quantity from going on.
void note_bounds(detail::ProfilePoint& point, std::span<const double> gradient, std::span<const Parameter> parameters) {
  for (std::size_t j = 0; j < gradient.size(); ++j) {
    const Parameter& p = parameters[j];
    if (!detail::is_at_bound(point.at[j], p)) continue;
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

// Profiles of a nonlinear model: the fit with one residual more, which pulls the quantity to a value. Whatever the
// pull, the optimum is that of the constraint "quantity = the value it has there".
detail::ConstrainedOptimum nonlinear_optimum(const detail::ConstrainedFit& constrained,
                                             const Quantification& quantification,
                                             std::span<const Parameter> parameters,
                                             const Fit& fit,
                                             double pull) {
  const double variance = fit.weighted_rss / fit.degrees_of_freedom;
  return [=, &constrained](double value, std::span<const double> start) -> std::optional<detail::ProfilePoint> {
    const auto optimum = constrained.minimise(quantification, value, pull, start);
    if (!optimum) return std::nullopt;
    std::vector<double> gradient(optimum->parameters.size());
    const double reached = quantification(optimum->parameters, gradient);
    const double excess = std::max(optimum->weighted_rss - fit.weighted_rss, 0.0);
    detail::ProfilePoint point{reached, std::sqrt(excess / variance), optimum->parameters};
    note_bounds(point, gradient, parameters);
    return point;
  };
}

// The same for a linear method, whose RSS is the quadratic form of its coefficients' covariance: Gauss-Newton steps on
// (coefficients, pull).
detail::ConstrainedOptimum linear_optimum(const Quantification& quantification, const Fit& fit, double pull) {
  const auto p = static_cast<Eigen::Index>(fit.parameters.size());
  const Eigen::Map<const Eigen::VectorXd> best(fit.parameters.data(), p);
  const Eigen::Map<const Eigen::MatrixXd> covariance(fit.covariance.data(), p, p);
  const Eigen::VectorXd scale = covariance.diagonal().cwiseSqrt();
  const Eigen::MatrixXd correlation =
      scale.cwiseInverse().asDiagonal() * covariance * scale.cwiseInverse().asDiagonal();
  const Eigen::MatrixXd precision = correlation.inverse();
  return [=](double value, std::span<const double> start) -> std::optional<detail::ProfilePoint> {
    std::vector<double> at(start.begin(), start.end());
    std::vector<double> gradient(at.size());
    for (int i = 0; i < 50; ++i) {
      const double off = quantification(at, gradient) - value;
      const Eigen::VectorXd u = (Eigen::Map<const Eigen::VectorXd>(at.data(), p) - best).cwiseQuotient(scale);
      const Eigen::VectorXd g = Eigen::Map<const Eigen::VectorXd>(gradient.data(), p).cwiseProduct(scale);
      const Eigen::MatrixXd hessian = precision + pull * g * g.transpose();
      const Eigen::VectorXd step = -hessian.ldlt().solve(precision * u + pull * off * g);
      if (!step.allFinite()) return std::nullopt;
      for (Eigen::Index j = 0; j < p; ++j) at[static_cast<std::size_t>(j)] += scale[j] * step[j];
      if (step.norm() < 1e-9) break;
    }
    const Eigen::VectorXd u = (Eigen::Map<const Eigen::VectorXd>(at.data(), p) - best).cwiseQuotient(scale);
    return detail::ProfilePoint{quantification(at, {}), std::sqrt(std::max(u.dot(precision * u), 0.0)), at};
  };
}

void add_profiles(const Model& model,
                  const TimeActivityCurve& target,
                  const ScanInput& input,
                  const FitOptions& options,
                  double level,
                  Fit& fit) {
  if (options.loss != Loss::none)
    throw UsageError("profile intervals are those of least squares: they do not go with a robust loss");
  const double factor = interval_factor(level, fit.degrees_of_freedom);
  if (fit.parameters.empty() || !std::isfinite(factor) || !(fit.weighted_rss > 0.0)) return;
  const bool is_linear = model.parameters.empty();
  const bool has_covariance =
      std::all_of(fit.covariance.begin(), fit.covariance.end(), [](double c) { return std::isfinite(c); });
  if (is_linear && !has_covariance) return;
  const std::vector<Parameter> parameters = detail::with_bounds(model.parameters, options);
  const detail::ConstrainedFit constrained(model, target, input, options);
  for (std::size_t q = 0; q < fit.estimates.size(); ++q) {
    Estimate& estimate = fit.estimates[q];
    if (!std::isfinite(estimate.value)) continue;
    const Quantification quantification{model, options, q};
    const double step = first_step(estimate, factor);
    const double pull = 1e4 / std::pow(step / factor, 2);
    const auto optimum = is_linear ? linear_optimum(quantification, fit, pull)
                                   : nonlinear_optimum(constrained, quantification, parameters, fit, pull);
    if (is_constant(estimate)) {
      estimate.lower = estimate.upper = estimate.value;
      continue;
    }
    estimate.lower = detail::profile_bound(optimum, estimate.value, fit.parameters, step, factor, -1);
    estimate.upper = detail::profile_bound(optimum, estimate.value, fit.parameters, step, factor, 1);
  }
}

// Intervals without an end say that the data do not determine a quantity.
void flag_unbounded(Fit& fit) {
  for (std::size_t q = 0; q < fit.estimates.size(); ++q) {
    const Estimate& estimate = fit.estimates[q];
    if (!std::isinf(estimate.lower) && !std::isinf(estimate.upper)) continue;
    fit.flags.push_back(std::string(estimate.symbol) + "_unbounded");
    if (q == 0 && (fit.status == FitStatus::ok || fit.status == FitStatus::at_bound))
      fit.status = FitStatus::unidentifiable;
  }
}

}  // namespace

void add_standard_error_intervals(double level, Fit& fit) {
  const double factor = interval_factor(level, fit.degrees_of_freedom);
  for (Estimate& estimate : fit.estimates) {
    estimate.lower = estimate.value - factor * estimate.standard_error;
    estimate.upper = estimate.value + factor * estimate.standard_error;
  }
}

IntervalKind interval_kind(std::string_view name) {
  if (name == "se") return IntervalKind::standard_error;
  if (name == "profile") return IntervalKind::profile;
  if (name == "bootstrap") return IntervalKind::bootstrap;
  throw UsageError("no interval '" + std::string(name) + "'; there are: se, profile, bootstrap");
}

std::string_view name_of(IntervalKind kind) {
  if (kind == IntervalKind::profile) return "profile";
  return kind == IntervalKind::bootstrap ? "bootstrap" : "se";
}

Resampling resampling(std::string_view name) {
  if (name == "residual") return Resampling::residual;
  if (name == "wild") return Resampling::wild;
  throw UsageError("no resampling '" + std::string(name) + "'; there are: residual, wild");
}

std::string_view name_of(Resampling resampling) {
  return resampling == Resampling::wild ? "wild" : "residual";
}

void add_intervals(const Model& model,
                   const TimeActivityCurve& target,
                   const ScanInput& input,
                   const FitOptions& options,
                   const IntervalOptions& intervals,
                   Fit& fit) {
  if (fit.status == FitStatus::failed) return;
  switch (intervals.kind) {
    case IntervalKind::standard_error:
      add_standard_error_intervals(intervals.level, fit);
      break;
    case IntervalKind::profile:
      add_profiles(model, target, input, options, intervals.level, fit);
      break;
    case IntervalKind::bootstrap:
      detail::add_bootstrap(model, target, input, options, intervals, fit);
      break;
  }
  flag_unbounded(fit);
}

}  // namespace pet
