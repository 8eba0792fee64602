// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/regional_curve.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>

#include "kinetic_models/detail/curve_statistics.h"
#include "kinetic_models/detail/index.h"
#include "kinetic_models/detail/information.h"
#include "kinetic_models/detail/regional_problem.h"
#include "kinetic_models/detail/row_major.h"
#include "kinetic_models/detail/solver.h"
#include "libpet/error.h"

namespace pet {
namespace {

using detail::as_index;
using detail::first_regional_ec50;
using detail::regional_hill;
using detail::RegionalProblem;
using detail::Regression;
using detail::RegressionOptimum;
using detail::RowMajor;
using Eigen::Index;
using Eigen::MatrixXd;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest_ratio = 1e4;  // of tau^2 to sigma^2 of an observation of median weight
constexpr double rounding = 1e-20;     // of the sum of squares of the observations

// The fit at a ratio of variances.
struct Fitted {
  double ratio = 0.0;
  Regression problem;
  RegressionOptimum optimum;
  std::vector<std::size_t> free;  // inside their bounds, and determined
  MatrixXd covariance;            // of the free parameters, in units of sigma^2
  double freedom = 0.0;           // N - the columns of the likelihood
  double sigma2 = not_available;  // of an observation of median weight
  double deviance = infinity;

  bool is_at_wall() const { return ratio > 0.99 * largest_ratio; }
  bool is_made() const { return !optimum.parameters.empty() && !std::isnan(deviance) && deviance < infinity; }
};

// The slopes of the whitened residuals by some parameters.
MatrixXd slopes_of(const Regression& problem,
                   const std::vector<double>& parameters,
                   const std::vector<std::size_t>& columns) {
  const std::size_t all = problem.parameters.size();
  std::vector<double> residuals(problem.observations);
  std::vector<double> jacobian(residuals.size() * all);
  problem.residuals(parameters, residuals, jacobian);
  const RowMajor full = Eigen::Map<const RowMajor>(jacobian.data(), as_index(residuals.size()), as_index(all));
  return full(Eigen::all, columns);
}

// Those that are fitted, inside their bounds and determined by the observations, with their covariance.
void set_free(Fitted& fit) {
  std::vector<std::size_t> inside;
  for (std::size_t j = 0; j < fit.problem.parameters.size(); ++j) {
    const Parameter& parameter = fit.problem.parameters[j];
    if (!parameter.is_held() && !detail::is_at_bound(fit.optimum.parameters[j], parameter)) inside.push_back(j);
  }
  if (inside.empty()) return;
  const detail::InverseInformation information =
      detail::inverse_information(slopes_of(fit.problem, fit.optimum.parameters, inside));
  std::vector<Index> kept;
  for (std::size_t a = 0; a < inside.size(); ++a) {
    if (!information.is_determined[a]) continue;
    fit.free.push_back(inside[a]);
    kept.push_back(as_index(a));
  }
  fit.covariance = information.matrix(kept, kept);
}

// -2 log restricted likelihood at a ratio, sigma^2 profiled out:
//   (N - p) log(S / (N - p)) + log |V| + log |X' V^-1 X|
// with X the slopes by what is free at the fit without an error of scans, `first`: at each ratio's own fit a likelihood
// would be the larger the nearer the curve is to where its parameters cannot be told apart.
Fitted fitted_at(const RegionalProblem& curve,
                 double ratio,
                 const std::vector<std::vector<double>>& starts,
                 const Fitted* first = nullptr) {
  Fitted fit;
  fit.ratio = ratio;
  fit.problem = curve.whitened(ratio);
  fit.optimum = detail::minimise(fit.problem, starts);
  if (fit.optimum.parameters.empty()) return fit;
  set_free(fit);
  const Fitted& linear = first != nullptr ? *first : fit;
  const std::vector<std::size_t>& used = linear.free;
  fit.freedom = static_cast<double>(fit.problem.observations) - static_cast<double>(used.size());
  fit.sigma2 = fit.optimum.rss / fit.freedom;
  double logarithms = curve.log_determinant(ratio);
  if (!used.empty()) {
    const MatrixXd slopes = slopes_of(fit.problem, linear.optimum.parameters, used);
    const Eigen::LLT<MatrixXd> cholesky(slopes.transpose() * slopes);
    if (cholesky.info() != Eigen::Success) return fit;
    logarithms += 2.0 * cholesky.matrixLLT().diagonal().array().log().sum();
  }
  fit.deviance = fit.freedom * std::log(fit.sigma2) + logarithms;
  return fit;
}

bool is_exact(const RegionalProblem& curve, const Fitted& fit) {
  return fit.optimum.rss <= rounding * curve.sum_of_squares();
}

Fitted restricted_maximum(const RegionalProblem& curve) {
  Fitted best = fitted_at(curve, 0.0, curve.starts());
  if (!best.is_made() || !curve.shows_scan_error() || is_exact(curve, best)) return best;
  const Fitted first = best;
  // The likelihood can have more than one maximum: the best of a grid is followed.
  constexpr int points = 24;
  const double spacing = 2.0 * std::log(largest_ratio) / points;
  std::vector<std::vector<double>> starts = {first.optimum.parameters, first.optimum.parameters};
  int nearest = -1;
  for (int k = 0; k <= points; ++k) {
    Fitted there = fitted_at(curve, std::exp(k * spacing - std::log(largest_ratio)), starts, &first);
    if (!there.optimum.parameters.empty()) starts[1] = there.optimum.parameters;
    if (!(there.deviance < best.deviance)) continue;
    nearest = k;
    best = std::move(there);
  }
  if (nearest < 0) return best;
  starts[1] = best.optimum.parameters;
  const auto deviance = [&](double log_ratio) {
    return fitted_at(curve, std::exp(log_ratio), starts, &first).deviance;
  };
  constexpr int bits = 20;
  const double lower = std::max(nearest - 1, 0) * spacing - std::log(largest_ratio);
  const double upper = std::min(nearest + 1, points) * spacing - std::log(largest_ratio);
  const double log_ratio = boost::math::tools::brent_find_minima(deviance, lower, upper, bits).first;
  // From all starts, as own EC50s have them: a minimum missed would look like regions that differ.
  for (const std::vector<double>& start : curve.starts()) starts.push_back(start);
  Fitted refined = fitted_at(curve, std::exp(log_ratio), starts, &first);
  return refined.deviance < best.deviance ? refined : best;
}

// Intervals of the parameters at the variances found.
class Intervals {
 public:
  Intervals(const RegionalProblem& curve, const Fitted& fit, double level)
      : curve_(curve),
        fit_(fit),
        level_(level),
        is_exact_(is_exact(curve, fit)),
        variances_(fit.free.empty() || is_exact_ ? detail::VarianceInformation{}
                                                 : information_about_variances(curve, fit)) {}

  double freedom(std::size_t parameter) const {
    const std::optional<Index> at = place(parameter);
    if (is_exact_) return fit_.freedom;
    // Of what is at its bound no variance is known; scans that err alike are the observations then.
    if (!at) return fit_.ratio > 0.0 ? std::min(fit_.freedom, static_cast<double>(curve_.scans()) - 1.0) : fit_.freedom;
    return detail::satterthwaite_freedom(variances_, {fit_.ratio > 0.0, true}, *at,
                                         fit_.sigma2 * fit_.covariance(*at, *at));
  }

  /// In the scale of the fit: EC50 as its logarithm. An interval that zero ends by nature ends there.
  Estimate of(std::size_t j, bool can_be_zero) const {
    const Parameter& parameter = fit_.problem.parameters[j];
    const double value = fit_.optimum.parameters[j];
    Estimate estimate{parameter.symbol, parameter.unit, value, 0.0, value, value};
    const std::optional<Index> at = place(j);
    if (parameter.is_held() || (is_exact_ && at)) return estimate;
    if (fit_.is_at_wall()) return {parameter.symbol, parameter.unit, value};
    estimate.standard_error = at ? std::sqrt(fit_.sigma2 * fit_.covariance(*at, *at)) : not_available;
    const double factor = student_factor(level_, freedom(j));
    const double step = at && estimate.standard_error > 0.0 ? std::min(estimate.standard_error, 2.0) : 0.1;
    const Interval interval =
        detail::profile(fit_.problem, fit_.optimum, j, step, fit_.optimum.rss + factor * factor * fit_.sigma2);
    estimate.lower = can_be_zero && std::isinf(interval.lower) ? 0.0 : interval.lower;
    estimate.upper = interval.upper;
    return estimate;
  }

 private:
  std::optional<Index> place(std::size_t parameter) const {
    const auto found = std::ranges::find(fit_.free, parameter);
    return found == fit_.free.end() ? std::nullopt : std::optional(static_cast<Index>(found - fit_.free.begin()));
  }

  // The information about tau^2 and sigma^2.
  static detail::VarianceInformation information_about_variances(const RegionalProblem& curve, const Fitted& fit) {
    std::vector<detail::VarianceBlock> blocks = curve.blocks(fit.ratio, fit.optimum.parameters, fit.free);
    for (detail::VarianceBlock& block : blocks) block.inverse /= fit.sigma2;
    return detail::variance_information(blocks, fit.sigma2 * fit.covariance);
  }

  const RegionalProblem& curve_;
  const Fitted& fit_;
  double level_;
  bool is_exact_;
  detail::VarianceInformation variances_;
};

// How many combinations of the fitted parameters the observations tell: a region at one concentration does not tell
// EC50 and Omax apart. At the starts, where no Omax is zero and no EC50 far from the concentrations.
double rank_of(const RegionalProblem& curve, const Regression& problem) {
  std::vector<std::size_t> fitted;
  for (std::size_t j = 0; j < problem.parameters.size(); ++j)
    if (!problem.parameters[j].is_held()) fitted.push_back(j);
  std::size_t rank = 0;
  for (const std::vector<double>& start : curve.starts())
    rank = std::max(rank, detail::inverse_information(slopes_of(problem, start, fitted)).rank);
  return static_cast<double>(rank);
}

// Whether an EC50 for each region fits better than chance lets it, at the variances of one for all.
void compare_regions(const std::vector<CurveObservation>& observations,
                     const CurveOptions& options,
                     const RegionalProblem& curve,
                     const Fitted& shared,
                     RegionalCurveFit& result) {
  const RegionalProblem own(observations, options, true);
  const Regression problem = own.whitened(shared.ratio);
  std::vector<double> start = shared.optimum.parameters;
  start.insert(start.begin() + first_regional_ec50, own.regions().size() - 1, start[first_regional_ec50]);
  const double rank = rank_of(own, problem);
  const double extra = rank - rank_of(curve, shared.problem);
  const double unscaled = static_cast<double>(observations.size()) - rank;
  const double freedom = own.shows_scan_error() ? unscaled - (static_cast<double>(own.scans()) - 1.0) : unscaled;
  if (!(extra >= 1.0 && freedom >= 1.0)) return;  // too few observations to tell
  RegressionOptimum optimum = detail::minimise(problem, {start});
  RegressionOptimum apart = detail::minimise(problem, own.starts());
  if (!apart.parameters.empty() && (optimum.parameters.empty() || apart.rss < optimum.rss)) optimum = std::move(apart);
  if (optimum.parameters.empty() || !(optimum.rss > rounding * own.sum_of_squares())) return;
  result.heterogeneity_F = std::max(0.0, (shared.optimum.rss - optimum.rss) / extra / (optimum.rss / unscaled));
  const boost::math::fisher_f distribution(extra, freedom);
  result.heterogeneity_p = boost::math::cdf(boost::math::complement(distribution, result.heterogeneity_F));
  constexpr double improbable = 0.01;
  if (result.heterogeneity_p < improbable) result.flags.push_back("EC50_differs");
}

void judge(const Fitted& fit, RegionalCurveFit& result) {
  const auto add = [&](const Estimate& estimate, const std::string& name) {
    if (std::isinf(estimate.lower) || std::isinf(estimate.upper)) result.flags.push_back(name + "_unbounded");
  };
  for (const Estimate& Omax : result.Omax)
    if (std::ranges::find(result.flags, "Omax_unbounded") == result.flags.end()) add(Omax, "Omax");
  if (result.shape == CurveShape::hill || result.shape == CurveShape::hill_full) add(result["hill"], "hill");
  const Estimate& EC50 = result["EC50"];
  const bool is_at_wall = fit.is_at_wall();
  const bool is_open = EC50.lower == 0.0 || !std::isfinite(EC50.upper) || std::isnan(EC50.standard_error);
  if (is_at_wall) result.flags.push_back("sigma_at_bound");
  if (is_open && !is_at_wall) result.flags.push_back("EC50_unbounded");
  bool is_at_bound = false;
  for (std::size_t j = 0; j < fit.problem.parameters.size(); ++j) {
    const Parameter& parameter = fit.problem.parameters[j];
    if (parameter.is_held() || !detail::is_at_bound(fit.optimum.parameters[j], parameter)) continue;
    const std::string flag = std::string(parameter.symbol) + "_at_bound";
    if (std::ranges::find(result.flags, flag) == result.flags.end()) result.flags.push_back(flag);
    is_at_bound = true;
  }
  result.status = is_open                  ? FitStatus::unidentifiable
                  : !fit.optimum.converged ? FitStatus::not_converged
                  : is_at_bound            ? FitStatus::at_bound
                                           : FitStatus::ok;
}

}  // namespace

const Estimate& RegionalCurveFit::operator[](std::string_view symbol) const {
  return detail::estimate_named(estimates, symbol);
}

RegionalCurveFit fit_regional_curve(const std::vector<CurveObservation>& observations, const CurveOptions& options) {
  if (options.endpoint == CurveEndpoint::binding || has_two_sites(options.shape) || options.E0.is_fitted ||
      !options.targets.empty() || options.interval != CurveInterval::student)
    throw UsageError(
        "a curve of several regions is one of occupancies with one site, an E0 that is given, profiles and no targets");
  require_held_sizes(options);
  const RegionalProblem curve(observations, options, false);
  const Fitted fit = restricted_maximum(curve);
  RegionalCurveFit result;
  result.shape = options.shape;
  result.observations = observations.size();
  result.scans = curve.scans();
  result.regions = curve.regions();
  result.parameters = fit.problem.fitted();
  result.estimates = {{"EC50", ""}, {"hill", "1"}, {"tau", ""}, {"sigma", ""}, {"E0", ""}};
  result.Omax.assign(curve.regions().size(), {"Omax", ""});
  if (!fit.is_made()) {
    result.flags.push_back("optimiser_failed");
    return result;
  }
  const Intervals intervals(curve, fit, options.level);
  Estimate EC50 = intervals.of(first_regional_ec50, false);
  for (double* end : {&EC50.value, &EC50.lower, &EC50.upper}) *end = std::exp(*end);  // exp(-inf) = 0
  EC50.standard_error *= EC50.value;
  const double E0 = options.E0.value.value_or(0.0);
  result.estimates = {EC50, intervals.of(regional_hill, true), {"tau", ""}, {"sigma", ""}, {"E0", "", E0, 0.0, E0, E0}};
  if (!fit.is_at_wall()) {
    result.degrees_of_freedom = intervals.freedom(first_regional_ec50);
    result.estimates[2].value = std::sqrt(fit.ratio * fit.sigma2);
    result.estimates[3].value = std::sqrt(fit.sigma2 / curve.mean_weight());
  }
  for (std::size_t r = 0; r < curve.regions().size(); ++r) result.Omax[r] = intervals.of(curve.omax(r), true);
  result.restricted_deviance = fit.deviance;
  if (!curve.shows_scan_error()) result.flags.push_back("scan_error_left_out");
  judge(fit, result);
  if (!fit.is_at_wall()) compare_regions(observations, options, curve, fit, result);
  return result;
}

}  // namespace pet
