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
#include "kinetic_models/detail/profile_interval.h"
#include "libpet/error.h"

namespace pet {
namespace {

using detail::Quantification;

// Profiles of a linear method, whose RSS is the quadratic form of its coefficients' covariance: Gauss-Newton steps on
// (coefficients, pull). A coefficient without a variance (at a limit, or one of a few that are tried) stays where it
// is.
detail::ConstrainedOptimum linear_optimum(const Quantification& quantification, const Fit& fit, double pull) {
  const auto p = static_cast<Eigen::Index>(fit.parameters.size());
  const Eigen::Map<const Eigen::VectorXd> best(fit.parameters.data(), p);
  const Eigen::Map<const Eigen::MatrixXd> covariance(fit.covariance.data(), p, p);
  Eigen::VectorXd scale = Eigen::VectorXd::Zero(p);
  Eigen::VectorXd inverse_scale = Eigen::VectorXd::Zero(p);
  Eigen::MatrixXd correlation = Eigen::MatrixXd::Identity(p, p);
  for (Eigen::Index j = 0; j < p; ++j)
    if (covariance(j, j) > 0.0) scale[j] = std::sqrt(covariance(j, j)), inverse_scale[j] = 1.0 / scale[j];
  for (Eigen::Index j = 0; j < p; ++j)
    for (Eigen::Index k = 0; k < p; ++k)
      if (scale[j] > 0.0 && scale[k] > 0.0) correlation(j, k) = covariance(j, k) * inverse_scale[j] * inverse_scale[k];
  const Eigen::MatrixXd precision = correlation.inverse();
  return [=](double value, std::span<const double> start) -> std::optional<detail::ProfilePoint> {
    std::vector<double> at(start.begin(), start.end());
    std::vector<double> gradient(at.size());
    for (int i = 0; i < 50; ++i) {
      const double off = quantification(at, gradient) - value;
      const Eigen::VectorXd u = (Eigen::Map<const Eigen::VectorXd>(at.data(), p) - best).cwiseProduct(inverse_scale);
      const Eigen::VectorXd g = Eigen::Map<const Eigen::VectorXd>(gradient.data(), p).cwiseProduct(scale);
      const Eigen::MatrixXd hessian = precision + pull * g * g.transpose();
      const Eigen::VectorXd step = -hessian.ldlt().solve(precision * u + pull * off * g);
      if (!step.allFinite()) return std::nullopt;
      for (Eigen::Index j = 0; j < p; ++j) at[static_cast<std::size_t>(j)] += scale[j] * step[j];
      if (step.norm() < 1e-9) break;
    }
    const Eigen::VectorXd u = (Eigen::Map<const Eigen::VectorXd>(at.data(), p) - best).cwiseProduct(inverse_scale);
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
      std::any_of(fit.covariance.begin(), fit.covariance.end(), [](double c) { return std::isfinite(c); });
  if (is_linear && !has_covariance) return;
  const std::vector<Parameter> parameters = detail::with_bounds(model.parameters, options);
  const detail::ConstrainedFit constrained(model, target, input, options);
  for (std::size_t q = 0; q < fit.estimates.size(); ++q) {
    if (is_linear && std::isnan(fit.estimates[q].standard_error)) continue;
    const Quantification quantification{model, options, q};
    const detail::PulledOptimum optimum =
        is_linear ? detail::PulledOptimum([&](double pull) { return linear_optimum(quantification, fit, pull); })
                  : detail::pulled_optimum(constrained, quantification, parameters, fit.weighted_rss,
                                           fit.weighted_rss / fit.degrees_of_freedom);
    detail::set_profile_interval(optimum, q, factor, fit);
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
  detail::flag_unbounded(fit);
}

}  // namespace pet
