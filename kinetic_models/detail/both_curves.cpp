// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/both_curves.h"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <string>

#include "kinetic_models/detail/curve_fit.h"
#include "kinetic_models/detail/index.h"
#include "kinetic_models/detail/profile_interval.h"
#include "kinetic_models/detail/response_regression.h"
#include "kinetic_models/detail/row_major.h"
#include "kinetic_models/detail/solver.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double least_share = 0.05;  // of the residual variance that is left to the target

// Zeros, to which whitened residuals are fitted.
PointsAsFrames zeros_of(const BothCurves& curves) {
  return {std::vector<double>(curves.count(), 0.0), std::vector<double>(curves.count(), 1.0)};
}

// Student's quantile for a quantity, with degrees of freedom after Welch and Satterthwaite.
double factor_of(const BothCurves& curves,
                 const Quantification& quantification,
                 const Fit& fit,
                 const BothCurves::Response& response,
                 double level) {
  std::vector<double> by_parameter(fit.parameters.size());
  quantification(fit.parameters, by_parameter);
  const Eigen::Map<const Eigen::RowVectorXd> gradient(by_parameter.data(), as_index(by_parameter.size()));
  const double of_target = (gradient * response.to_target).squaredNorm();
  const double of_reference = (gradient * response.to_reference).squaredNorm();
  const double sum = of_target + of_reference;
  const double spread =
      of_target * of_target / curves.freedom() + of_reference * of_reference / curves.reference_freedom();
  const double freedom = sum > 0.0 ? sum * sum / spread : curves.freedom();
  return boost::math::quantile(boost::math::students_t(freedom), 0.5 + 0.5 * level);
}

void add_likelihood_intervals(
    const BothCurves& curves, const IntervalOptions& intervals, double sigma, double minimum, Fit& fit) {
  interval_factor(intervals.level, 1);  // throws for a level that makes no sense
  const PointsAsFrames zeros = zeros_of(curves);
  const ConstrainedFit constrained(curves.parameters(), curves.whitened(sigma), zeros.curve, zeros.used);
  const BothCurves::Response response = curves.response(fit.parameters, sigma, fit.covariance);
  for (std::size_t q = 0; q < fit.estimates.size(); ++q) {
    Estimate& estimate = fit.estimates[q];
    if (!std::isfinite(estimate.value)) continue;
    const Quantification quantification{curves.model(), curves.options(), q};
    const double factor = factor_of(curves, quantification, fit, response, intervals.level);
    if (intervals.kind == IntervalKind::standard_error) {
      estimate.lower = estimate.value - factor * estimate.standard_error;
      estimate.upper = estimate.value + factor * estimate.standard_error;
      continue;
    }
    set_profile_interval(pulled_optimum(constrained, quantification, curves.parameters(), minimum, 1.0), q, factor,
                         fit);
  }
  flag_unbounded(fit);
}

}  // namespace

BothCurves::BothCurves(const Model& model,
                       const TimeActivityCurve& target,
                       UncertainReference reference,
                       const FitOptions& options)
    : model_(model),
      target_(target),
      options_(options),
      reference_(std::move(reference)),
      parameters_(with_bounds(model.parameters, options)),
      used_(frames_used(target, options, count_fitted(parameters_) + 1, model.name)) {
  for (Index j = 0; j < reference_.root.cols(); ++j) {
    above_.push_back(moved(reference_.root.col(j)));
    below_.push_back(moved(-reference_.root.col(j)));
  }
}

double BothCurves::freedom() const {
  return static_cast<double>(count()) - static_cast<double>(count_fitted(parameters_));
}

Prediction BothCurves::whitened(double sigma) const {
  return [this, sigma](std::span<const double> p, std::span<double> values, std::span<double> jacobian) {
    const Residuals residuals = at(p);
    const Eigen::LLT<MatrixXd> V(variance(residuals, sigma));
    Eigen::Map<VectorXd>(values.data(), as_index(values.size())) = -V.matrixL().solve(residuals.of_target);
    if (jacobian.empty()) return;
    const VectorXd likely = residuals.of_noise.transpose() * V.solve(residuals.of_target);
    Eigen::Map<RowMajor>(jacobian.data(), as_index(values.size()), as_index(p.size())) =
        V.matrixL().solve(jacobian_of(p, moved(reference_.root * likely)));
  };
}

MatrixXd BothCurves::variance(const Residuals& residuals, double sigma) const {
  MatrixXd V = residuals.of_noise * residuals.of_noise.transpose();
  for (std::size_t i = 0; i < count(); ++i) V(as_index(i), as_index(i)) += sigma * sigma / used_.weight[i];
  return V;
}

BothCurves::Residuals BothCurves::at(std::span<const double> p) const {
  Residuals residuals{VectorXd(as_index(count())), MatrixXd(as_index(count()), as_index(above_.size()))};
  const VectorXd predicted = curve(p, reference_.curve);
  for (std::size_t i = 0; i < count(); ++i)
    residuals.of_target[as_index(i)] = target_.activity[used_.index[i]] - predicted[as_index(i)];
  for (std::size_t j = 0; j < above_.size(); ++j)
    residuals.of_noise.col(as_index(j)) = 0.5 * (curve(p, above_[j]) - curve(p, below_[j]));
  return residuals;
}

double BothCurves::sigma_of_target(std::span<const double> p, double of_ordinary_fit) const {
  const Residuals residuals = at(p);
  const auto excess = [&](double sigma) {
    const Eigen::LLT<MatrixXd> V(variance(residuals, sigma));
    return residuals.of_target.dot(V.solve(residuals.of_target)) - freedom();
  };
  const double least = std::sqrt(least_share) * of_ordinary_fit;
  const double most = 2.0 * of_ordinary_fit;
  if (!(excess(least) > 0.0)) return least;  // also where there is no prediction
  if (!(excess(most) < 0.0)) return most;
  std::uintmax_t evaluations = 60;
  const auto [low, high] = boost::math::tools::toms748_solve(
      excess, least, most, boost::math::tools::eps_tolerance<double>(30), evaluations);
  return 0.5 * (low + high);
}

BothCurves::Response BothCurves::response(std::span<const double> p,
                                          double sigma,
                                          std::span<const double> covariance) const {
  const Residuals residuals = at(p);
  const Eigen::LLT<MatrixXd> V(variance(residuals, sigma));
  RowMajor C = Eigen::Map<const RowMajor>(covariance.data(), as_index(p.size()), as_index(p.size()));
  C = C.unaryExpr([](double c) { return std::isfinite(c) ? c : 0.0; });
  Response response{C * V.solve(jacobian_of(p, reference_.curve)).transpose(), {}};
  response.to_reference = response.to_target * residuals.of_noise;
  for (std::size_t i = 0; i < count(); ++i) response.to_target.col(as_index(i)) *= sigma / std::sqrt(used_.weight[i]);
  return response;
}

BothCurves::Message BothCurves::message(std::span<const double> p, double sigma) const {
  const Residuals residuals = at(p);
  const MatrixXd slopes = jacobian_of(p, reference_.curve);
  VectorXd size(as_index(count()));
  for (std::size_t i = 0; i < count(); ++i) size[as_index(i)] = std::sqrt(used_.weight[i]) / sigma;
  MatrixXd own(slopes.rows(), 0);
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    if (parameters_[k].is_held() || is_at_bound(p[k], parameters_[k])) continue;
    own.conservativeResize(Eigen::NoChange, own.cols() + 1);
    own.rightCols(1) = size.cwiseProduct(slopes.col(as_index(k)));
  }
  MatrixXd A = size.asDiagonal() * residuals.of_noise;
  VectorXd y = size.cwiseProduct(residuals.of_target);
  if (own.cols() > 0) {
    const Eigen::ColPivHouseholderQR<MatrixXd> qr(own);
    A -= own * qr.solve(A);
    y -= own * qr.solve(y);
  }
  return {A.transpose() * A, A.transpose() * y};
}

std::vector<double> BothCurves::predicted(std::span<const double> p) const {
  std::vector<double> predicted(target_.frames.size());
  model_.predict(p, reference_.curve, predicted, {});
  return predicted;
}

double BothCurves::weighted_rss(std::span<const double> predicted) const {
  double rss = 0.0;
  for (std::size_t i = 0; i < count(); ++i) {
    const std::size_t frame = used_.index[i];
    rss += used_.weight[i] * std::pow(target_.activity[frame] - predicted[frame], 2);
  }
  return rss;
}

ReferenceRegion BothCurves::moved(const VectorXd& by) const {
  TimeActivityCurve curve = reference_.curve.tac();
  for (std::size_t j = 0; j < curve.activity.size(); ++j) curve.activity[j] += by[as_index(j)];
  return reference_.curve.with_curve(std::move(curve));
}

VectorXd BothCurves::curve(std::span<const double> p, const ReferenceRegion& reference) const {
  std::vector<double> predicted(target_.frames.size());
  model_.predict(p, reference, predicted, {});
  VectorXd values(as_index(count()));
  for (std::size_t i = 0; i < count(); ++i) values[as_index(i)] = predicted[used_.index[i]];
  return values;
}

MatrixXd BothCurves::jacobian_of(std::span<const double> p, const ReferenceRegion& reference) const {
  std::vector<double> predicted(target_.frames.size());
  std::vector<double> jacobian(predicted.size() * p.size());
  model_.predict(p, reference, predicted, jacobian);
  MatrixXd rows(as_index(count()), as_index(p.size()));
  for (std::size_t i = 0; i < count(); ++i)
    rows.row(as_index(i)) =
        Eigen::Map<const Eigen::RowVectorXd>(&jacobian[used_.index[i] * p.size()], as_index(p.size()));
  return rows;
}

LikelihoodOptimum maximise(const BothCurves& curves, std::vector<double> start, double of_ordinary_fit) {
  const FitOptions one_start;
  const PointsAsFrames zeros = zeros_of(curves);
  constexpr int most_rounds = 20;
  LikelihoodOptimum optimum;
  bool is_settled = false;
  for (int round = 0; round < most_rounds && !is_settled; ++round) {
    const double before = optimum.sigma;
    optimum.sigma = curves.sigma_of_target(start, of_ordinary_fit);
    is_settled = std::abs(optimum.sigma - before) <= 1e-6 * optimum.sigma;
    if (is_settled) break;
    optimum.solution =
        least_squares(curves.parameters(), curves.whitened(optimum.sigma), zeros.curve, zeros.used, one_start, {start});
    if (optimum.solution.parameters.empty()) return optimum;
    start = optimum.solution.parameters;
  }
  optimum.solution.converged = optimum.solution.converged && is_settled;
  optimum.minimum = optimum.solution.weighted_rss;
  return optimum;
}

Fit as_fit(const BothCurves& curves,
           LikelihoodOptimum optimum,
           const Fit& ordinary,
           const std::optional<IntervalOptions>& intervals) {
  Solution& solution = optimum.solution;
  if (solution.parameters.empty())
    return as_fit(curves.model(), curves.parameters(), solution, curves.used(), curves.options());
  // The covariance is that of the likelihood, whose residuals have unit variance, not scaled by them.
  for (double& c : solution.covariance) c *= curves.freedom() / optimum.minimum;
  solution.predicted = curves.predicted(solution.parameters);
  solution.weighted_rss = curves.weighted_rss(solution.predicted);
  Fit result = as_fit(curves.model(), curves.parameters(), solution, curves.used(), curves.options());
  result.aicc = not_available;
  // What a model's own fit says of the curve holds here too.
  if (std::ranges::find(ordinary.flags, "low_binding") != ordinary.flags.end()) result.flags.push_back("low_binding");
  if (std::ranges::find(ordinary.flags, "no_displacement") != ordinary.flags.end()) mark_no_displacement(result);
  if (intervals) add_likelihood_intervals(curves, *intervals, optimum.sigma, optimum.minimum, result);
  return result;
}

void require_likelihood(const Model& model,
                        const FitOptions& options,
                        const std::optional<IntervalOptions>& intervals) {
  const std::string name(model.name);
  if (model.needs_plasma()) throw UsageError("model " + name + " has no reference region whose noise it could carry");
  if (model.predict == nullptr)
    throw UsageError("model " + name + " is a linear method: the noise of its reference is carried by --ci bootstrap");
  if (options.loss != Loss::none) throw UsageError("the likelihood of both curves does not go with a robust loss");
  if (intervals && intervals->kind == IntervalKind::bootstrap)
    throw UsageError("bootstrap intervals are not those of the likelihood of both curves");
}

bool is_start(const Fit& ordinary) {
  return !ordinary.parameters.empty() && ordinary.degrees_of_freedom >= 1 && ordinary.weighted_rss > 0.0;
}

}  // namespace pet::detail
