// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/regional_curve.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>

#include "kinetic_models/detail/curve_statistics.h"
#include "kinetic_models/detail/regression.h"
#include "kinetic_models/detail/solver.h"
#include "kinetic_models/detail/variance_components.h"
#include "libpet/error.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

using detail::Regression;
using detail::RegressionOptimum;
using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::size_t hill = 0;
constexpr std::size_t first_ec50 = 1;

Index as_index(std::size_t i) {
  return static_cast<Index>(i);
}

// The regions of one scan, whose errors are alike.
struct Scan {
  std::string subject;
  double x = 0.0;
  std::vector<std::size_t> rows;
};

class RegionalCurve {
 public:
  RegionalCurve(const std::vector<CurveObservation>& observations, const CurveOptions& options, bool has_own_ec50)
      : observations_(observations), options_(options), concentrations_(concentrations_of(observations)) {
    collect();
    set_parameters(has_own_ec50);
  }

  std::size_t scans() const { return scans_.size(); }
  /// Whether a scan has two regions, whose errors can be alike.
  bool shows_scan_error() const {
    return std::ranges::any_of(scans_, [](const Scan& scan) { return scan.rows.size() > 1; });
  }
  const std::vector<std::string>& regions() const { return regions_; }
  std::size_t omax(std::size_t region) const { return first_ec50 + ec50s_ + region; }

  /// The residuals of scans whose errors have tau^2 / sigma^2 = `ratio`, made independent and of one size.
  Regression problem(double ratio) const;
  std::vector<std::vector<double>> starts() const;

  /// Which parameters are fitted and inside their bounds.
  std::vector<std::size_t> free(const Regression& problem, const RegressionOptimum& optimum) const;
  /// Every scan at an optimum, the curves being straight there; variances in units of sigma^2.
  std::vector<detail::VarianceBlock> blocks(double ratio,
                                            const RegressionOptimum& optimum,
                                            const std::vector<std::size_t>& free) const;

 private:
  void collect();
  void set_parameters(bool has_own_ec50);
  void evaluate(std::span<const double> p, VectorXd& residuals, MatrixXd& slopes) const;
  MatrixXd variance(const Scan& scan, double ratio) const;

  const std::vector<CurveObservation>& observations_;
  const CurveOptions& options_;
  Concentrations concentrations_;
  std::vector<Scan> scans_;
  std::vector<std::string> regions_;
  std::vector<std::size_t> region_of_;
  std::vector<double> root_weight_;
  std::vector<Parameter> parameters_;
  std::size_t ec50s_ = 1;
};

void RegionalCurve::collect() {
  std::vector<double> errors;
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    const CurveObservation& o = observations_[i];
    if (o.region.empty() || o.subject.empty())
      throw bad_input("curve of several regions", "an observation without a subject or region", "both in every one");
    errors.push_back(o.standard_error);
    auto region = std::ranges::find(regions_, o.region);
    if (region == regions_.end()) region = regions_.insert(regions_.end(), o.region);
    region_of_.push_back(static_cast<std::size_t>(region - regions_.begin()));
    const auto is_same = [&](const Scan& scan) { return scan.subject == o.subject && scan.x == o.x; };
    auto scan = std::ranges::find_if(scans_, is_same);
    if (scan == scans_.end()) scan = scans_.insert(scans_.end(), Scan{o.subject, o.x, {}});
    for (const std::size_t other : scan->rows)
      if (region_of_[other] == region_of_.back())
        throw bad_input("curve of several regions",
                        "region '" + o.region + "' twice in the scan of '" + o.subject + "' at " + format_number(o.x),
                        "every region once a scan; scans are told apart by subject and concentration");
    scan->rows.push_back(i);
  }
  root_weight_ = detail::root_weights(errors);
  if (regions_.size() < 2) throw bad_input("curve of several regions", "one region", "at least 2");
  if (scans_.size() < 3) throw bad_input("curve", std::to_string(scans_.size()) + " scans", "at least 3");
}

void RegionalCurve::set_parameters(bool has_own_ec50) {
  constexpr double beyond_data = 1e4;
  constexpr double wide = 1e8;
  const bool is_full = options_.shape == CurveShape::emax_full || options_.shape == CurveShape::hill_full;
  const bool has_hill = options_.shape == CurveShape::hill || options_.shape == CurveShape::hill_full;
  parameters_ = {Parameter{"hill", "1", 1.0, 0.05, 20.0, 0.0}};
  if (options_.hill || !has_hill) parameters_[hill].held = options_.hill.value_or(1.0);
  ec50s_ = has_own_ec50 ? regions_.size() : 1;
  for (std::size_t r = 0; r < ec50s_; ++r)
    parameters_.push_back({"EC50", "", 0.0, std::log(concentrations_.least / beyond_data),
                           std::log(concentrations_.most * beyond_data), -infinity});
  for (std::size_t r = 0; r < regions_.size(); ++r) {
    parameters_.push_back({"Omax", "", 0.8 * options_.full, 0.0, wide * options_.full, -infinity});
    if (options_.Omax || is_full) parameters_.back().held = options_.Omax.value_or(options_.full);
  }
  const std::size_t fitted = problem(0.0).fitted();
  if (!has_own_ec50 && observations_.size() < fitted + 2)  // two variances
    throw bad_input("curve", std::to_string(observations_.size()) + " observations",
                    "at least " + std::to_string(fitted + 2) + " for " + std::to_string(fitted) + " parameters");
}

// With U = C^h / (EC50^h + C^h): dU / d log EC50 = -h U (1 - U), dU / dh = log(C / EC50) U (1 - U).
void RegionalCurve::evaluate(std::span<const double> p, VectorXd& residuals, MatrixXd& slopes) const {
  residuals.resize(as_index(observations_.size()));
  slopes = MatrixXd::Zero(as_index(observations_.size()), as_index(parameters_.size()));
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    const CurveObservation& o = observations_[i];
    const std::size_t ec50 = first_ec50 + (ec50s_ > 1 ? region_of_[i] : 0);
    const std::size_t plateau = omax(region_of_[i]);
    const double above = o.x > 0.0 ? std::log(o.x) - p[ec50] : 0.0;
    const double U = o.x > 0.0 ? 1.0 / (1.0 + std::exp(-p[hill] * above)) : 0.0;
    const double bend = p[plateau] * U * (1.0 - U);
    residuals[as_index(i)] = options_.E0.value.value_or(0.0) + p[plateau] * U - o.y;
    slopes(as_index(i), as_index(plateau)) = U;
    slopes(as_index(i), as_index(ec50)) = -p[hill] * bend;
    slopes(as_index(i), as_index(hill)) = above * bend;
  }
}

MatrixXd RegionalCurve::variance(const Scan& scan, double ratio) const {
  MatrixXd variance = MatrixXd::Constant(as_index(scan.rows.size()), as_index(scan.rows.size()), ratio);
  for (std::size_t a = 0; a < scan.rows.size(); ++a)
    variance(as_index(a), as_index(a)) += 1.0 / std::pow(root_weight_[scan.rows[a]], 2);
  return variance;
}

Regression RegionalCurve::problem(double ratio) const {
  std::vector<Eigen::LLT<MatrixXd>> roots;
  for (const Scan& scan : scans_) roots.emplace_back(variance(scan, ratio));
  Regression regression;
  regression.parameters = parameters_;
  regression.observations = observations_.size();
  regression.residuals = [this, roots](std::span<const double> p, std::span<double> residuals,
                                       std::span<double> jacobian) {
    VectorXd raw;
    MatrixXd slopes;
    evaluate(p, raw, slopes);
    std::size_t row = 0;
    for (std::size_t s = 0; s < scans_.size(); ++s) {
      const auto lower = roots[s].matrixL();
      const VectorXd white = lower.solve(VectorXd(raw(scans_[s].rows)));
      const MatrixXd white_slopes = lower.solve(MatrixXd(slopes(scans_[s].rows, Eigen::all)));
      for (Index a = 0; a < white.size(); ++a, ++row) {
        residuals[row] = white[a];
        for (std::size_t j = 0; j < parameters_.size() && !jacobian.empty(); ++j)
          jacobian[row * parameters_.size() + j] = white_slopes(a, as_index(j));
      }
    }
  };
  return regression;
}

std::vector<std::vector<double>> RegionalCurve::starts() const {
  std::vector<double> largest(regions_.size(), 0.1 * options_.full);
  for (std::size_t i = 0; i < observations_.size(); ++i)
    largest[region_of_[i]] = std::max(largest[region_of_[i]], observations_[i].y);
  std::vector<std::vector<double>> all;
  for (int k = 0; k <= 8; ++k)
    for (const double steepness : {1.0, 2.0}) {
      std::vector<double> start = {steepness};
      const double log_x = std::log(concentrations_.least) +
                           k / 8.0 * (std::log(concentrations_.most) - std::log(concentrations_.least));
      start.insert(start.end(), ec50s_, log_x);
      start.insert(start.end(), largest.begin(), largest.end());
      all.push_back(std::move(start));
      if (parameters_[hill].is_held()) break;
    }
  return all;
}

std::vector<std::size_t> RegionalCurve::free(const Regression& problem, const RegressionOptimum& optimum) const {
  std::vector<std::size_t> free;
  for (std::size_t j = 0; j < problem.parameters.size(); ++j)
    if (!problem.parameters[j].is_held() && !detail::is_at_bound(optimum.parameters[j], problem.parameters[j]))
      free.push_back(j);
  return free;
}

std::vector<detail::VarianceBlock> RegionalCurve::blocks(double ratio,
                                                         const RegressionOptimum& optimum,
                                                         const std::vector<std::size_t>& free) const {
  VectorXd raw;
  MatrixXd slopes;
  evaluate(optimum.parameters, raw, slopes);
  std::vector<detail::VarianceBlock> blocks;
  for (const Scan& scan : scans_) {
    const Index n = as_index(scan.rows.size());
    blocks.push_back({variance(scan, ratio).llt().solve(MatrixXd::Identity(n, n)),
                      slopes(scan.rows, free),
                      {MatrixXd::Ones(n, n), variance(scan, 0.0)}});
  }
  return blocks;
}

// The fit at a ratio of variances.
struct Fitted {
  double ratio = 0.0;
  Regression problem;
  RegressionOptimum optimum;
  std::vector<std::size_t> free;
  MatrixXd covariance;  // of the free parameters, in units of sigma^2
  double sigma2 = not_available;
  double deviance = infinity;
};

// -2 log restricted likelihood at a ratio, sigma^2 profiled out:
//   (N - p) log(S / (N - p)) + log |V| + log |X' V^-1 X|
Fitted fitted_at(const RegionalCurve& curve, double ratio, const std::vector<std::vector<double>>& starts) {
  Fitted fit;
  fit.ratio = ratio;
  fit.problem = curve.problem(ratio);
  fit.optimum = detail::minimise(fit.problem, starts);
  if (fit.optimum.parameters.empty()) return fit;
  fit.free = curve.free(fit.problem, fit.optimum);
  const Index p = as_index(fit.free.size());
  MatrixXd information = MatrixXd::Zero(p, p);
  double logarithms = 0.0;
  for (const detail::VarianceBlock& block : curve.blocks(ratio, fit.optimum, fit.free)) {
    information += block.design.transpose() * block.inverse * block.design;
    logarithms -= 2.0 * block.inverse.llt().matrixLLT().diagonal().array().log().sum();
  }
  const Eigen::LLT<MatrixXd> cholesky(information);
  const double freedom = static_cast<double>(fit.problem.observations) - static_cast<double>(p);
  fit.sigma2 = fit.optimum.rss / freedom;
  if (cholesky.info() != Eigen::Success || p == 0) return fit;
  fit.covariance = cholesky.solve(MatrixXd::Identity(p, p));
  logarithms += 2.0 * cholesky.matrixLLT().diagonal().array().log().sum();
  fit.deviance = freedom * std::log(fit.sigma2) + logarithms;
  return fit;
}

Fitted restricted_maximum(const RegionalCurve& curve) {
  Fitted best = fitted_at(curve, 0.0, curve.starts());
  if (best.optimum.parameters.empty() || !curve.shows_scan_error()) return best;
  std::vector<double> last = best.optimum.parameters;
  const auto deviance = [&](double log_ratio) {
    const Fitted there = fitted_at(curve, std::exp(log_ratio), {last});
    if (!there.optimum.parameters.empty()) last = there.optimum.parameters;
    return there.deviance;
  };
  constexpr int bits = 20;
  const double log_ratio = boost::math::tools::brent_find_minima(deviance, std::log(1e-4), std::log(1e4), bits).first;
  Fitted inside = fitted_at(curve, std::exp(log_ratio), {last, best.optimum.parameters});
  return inside.deviance < best.deviance ? inside : best;
}

// Intervals of the parameters at the variances found.
class Intervals {
 public:
  Intervals(const RegionalCurve& curve, const Fitted& fit, double level)
      : fit_(fit),
        level_(level),
        variances_(fit.free.empty() ? detail::VarianceInformation{} : information_about_variances(curve, fit)) {}

  std::optional<Index> place(std::size_t parameter) const {
    const auto found = std::ranges::find(fit_.free, parameter);
    return found == fit_.free.end() ? std::nullopt : std::optional(static_cast<Index>(found - fit_.free.begin()));
  }

  double freedom(std::size_t parameter) const {
    const std::optional<Index> at = place(parameter);
    if (!at) return not_available;
    return detail::satterthwaite_freedom(variances_, {fit_.ratio > 0.0, true}, *at,
                                         fit_.sigma2 * fit_.covariance(*at, *at));
  }

  /// In the scale of the fit: EC50 as its logarithm. An interval that zero ends by nature ends there.
  Estimate of(std::size_t j, bool can_be_zero) const {
    const Parameter& parameter = fit_.problem.parameters[j];
    const double value = fit_.optimum.parameters[j];
    Estimate estimate{parameter.symbol, parameter.unit, value, 0.0, value, value};
    if (parameter.is_held()) return estimate;
    const std::optional<Index> at = place(j);
    estimate.standard_error = at ? std::sqrt(fit_.sigma2 * fit_.covariance(*at, *at)) : not_available;
    const double factor = at ? student_factor(level_, freedom(j)) : normal_factor(level_);
    const double step = at && estimate.standard_error > 0.0 ? std::min(estimate.standard_error, 2.0) : 0.1;
    const Interval interval =
        detail::profile(fit_.problem, fit_.optimum, j, step, fit_.optimum.rss + factor * factor * fit_.sigma2);
    estimate.lower = can_be_zero && std::isinf(interval.lower) ? 0.0 : interval.lower;
    estimate.upper = interval.upper;
    return estimate;
  }

 private:
  // The information about tau^2 and sigma^2.
  static detail::VarianceInformation information_about_variances(const RegionalCurve& curve, const Fitted& fit) {
    std::vector<detail::VarianceBlock> blocks = curve.blocks(fit.ratio, fit.optimum, fit.free);
    for (detail::VarianceBlock& block : blocks) block.inverse /= fit.sigma2;
    return detail::variance_information(blocks, fit.sigma2 * fit.covariance);
  }

  const Fitted& fit_;
  double level_;
  detail::VarianceInformation variances_;
};

// Whether an EC50 for each region fits better than chance lets it.
void compare_regions(const std::vector<CurveObservation>& observations,
                     const CurveOptions& options,
                     const Fitted& shared,
                     RegionalCurveFit& result) {
  const RegionalCurve own(observations, options, true);
  const Regression problem = own.problem(shared.ratio);
  std::vector<double> start = shared.optimum.parameters;
  start.insert(start.begin() + first_ec50, own.regions().size() - 1, start[first_ec50]);
  const double extra = static_cast<double>(own.regions().size()) - 1.0;
  const double freedom = static_cast<double>(observations.size()) - static_cast<double>(problem.fitted()) -
                         (static_cast<double>(own.scans()) - 1.0);
  if (!(freedom >= 1.0)) return;  // too few observations to tell
  const RegressionOptimum optimum = detail::minimise(problem, {start});
  if (optimum.parameters.empty() || !(optimum.rss > 0.0)) return;
  const double sigma2 =
      optimum.rss / (static_cast<double>(observations.size()) - static_cast<double>(problem.fitted()));
  result.heterogeneity_F = std::max(0.0, (shared.optimum.rss - optimum.rss) / extra / sigma2);
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
  const bool is_open = EC50.lower == 0.0 || !std::isfinite(EC50.upper) || std::isnan(EC50.standard_error);
  if (is_open) result.flags.push_back("EC50_unbounded");
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
  const RegionalCurve curve(observations, options, false);
  const Fitted fit = restricted_maximum(curve);
  RegionalCurveFit result;
  result.shape = options.shape;
  result.observations = observations.size();
  result.scans = curve.scans();
  result.regions = curve.regions();
  result.parameters = fit.problem.fitted();
  if (fit.optimum.parameters.empty() || !std::isfinite(fit.deviance)) {
    result.flags.push_back("optimiser_failed");
    return result;
  }
  const Intervals intervals(curve, fit, options.level);
  Estimate EC50 = intervals.of(first_ec50, false);
  for (double* end : {&EC50.value, &EC50.lower, &EC50.upper}) *end = std::exp(*end);  // exp(-inf) = 0
  EC50.standard_error *= EC50.value;
  result.degrees_of_freedom = intervals.freedom(first_ec50);
  result.estimates = {EC50,
                      intervals.of(hill, true),
                      {"tau", "", std::sqrt(fit.ratio * fit.sigma2)},
                      {"sigma", "", std::sqrt(fit.sigma2)}};
  for (std::size_t r = 0; r < curve.regions().size(); ++r) result.Omax.push_back(intervals.of(curve.omax(r), true));
  result.restricted_deviance = fit.deviance;
  if (!curve.shows_scan_error()) result.flags.push_back("scan_error_left_out");
  judge(fit, result);
  compare_regions(observations, options, fit, result);
  return result;
}

}  // namespace pet
