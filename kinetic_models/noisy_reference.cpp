// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/noisy_reference.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <string>

#include "kinetic_models/detail/curve_fit.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/profile_interval.h"
#include "kinetic_models/detail/response_regression.h"
#include "libpet/error.h"

namespace pet {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Eigen::VectorXd;

constexpr double least_share = 0.05;  // of the residual variance that is left to the target

// The residuals of both curves at some parameters, before the size of the target's noise is known.
struct Residuals {
  VectorXd of_target;  // y - f(p, r), frames used
  Matrix of_noise;     // what one standard deviation of the reference in each frame does to f: frames used x frames
};

// What one standard deviation of noise in each frame does to the parameters: parameters x frames.
struct Response {
  Matrix to_target;
  Matrix to_reference;
};

class BothCurves {
 public:
  BothCurves(const Model& model,
             const TimeActivityCurve& target,
             const ReferenceRegion& reference,
             const FitOptions& options,
             const ReferenceNoise& noise)
      : model_(model),
        target_(target),
        reference_(reference),
        noise_(noise),
        parameters_(detail::with_bounds(model.parameters, options)),
        used_(detail::frames_used(target, options, detail::count_fitted(parameters_) + 1, model.name)) {
    for (std::size_t j = 0; j < noise.standard_deviation.size(); ++j) {
      above_.push_back(moved(j, noise.standard_deviation[j]));
      below_.push_back(moved(j, -noise.standard_deviation[j]));
    }
  }

  const std::vector<Parameter>& parameters() const { return parameters_; }
  const detail::FramesUsed& used() const { return used_; }
  std::size_t count() const { return used_.index.size(); }
  double freedom() const {
    return static_cast<double>(count()) - static_cast<double>(detail::count_fitted(parameters_));
  }

  // A whitened residual a frame used, as a curve to be fitted to zeros, with the derivatives that make its gradient
  // that of the likelihood: those of f at the true reference that the residuals speak for.
  detail::Prediction whitened(double sigma) const {
    return [this, sigma](std::span<const double> p, std::span<double> values, std::span<double> jacobian) {
      const Residuals residuals = at(p);
      const Eigen::LLT<Eigen::MatrixXd> V(variance(residuals, sigma));
      Eigen::Map<VectorXd>(values.data(), size(values)) = -V.matrixL().solve(residuals.of_target);
      if (jacobian.empty()) return;
      const VectorXd likely = residuals.of_noise.transpose() * V.solve(residuals.of_target);
      TimeActivityCurve truth = reference_.tac();
      for (std::size_t j = 0; j < truth.activity.size(); ++j)
        truth.activity[j] += noise_.standard_deviation[j] * likely[static_cast<Eigen::Index>(j)];
      Eigen::Map<Matrix>(jacobian.data(), size(values), size(p)) =
          V.matrixL().solve(jacobian_of(p, reference_.with_curve(std::move(truth))));
    };
  }

  Eigen::MatrixXd variance(const Residuals& residuals, double sigma) const {
    Eigen::MatrixXd V = residuals.of_noise * residuals.of_noise.transpose();
    for (std::size_t i = 0; i < count(); ++i)
      V(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(i)) += sigma * sigma / used_.weight[i];
    return V;
  }

  Residuals at(std::span<const double> p) const {
    const auto frames = static_cast<Eigen::Index>(above_.size());
    Residuals residuals{VectorXd(count()), Matrix(count(), frames)};
    const VectorXd predicted = curve(p, reference_);
    for (std::size_t i = 0; i < count(); ++i)
      residuals.of_target[static_cast<Eigen::Index>(i)] =
          target_.activity[used_.index[i]] - predicted[static_cast<Eigen::Index>(i)];
    for (std::size_t j = 0; j < above_.size(); ++j)
      residuals.of_noise.col(static_cast<Eigen::Index>(j)) = 0.5 * (curve(p, above_[j]) - curve(p, below_[j]));
    return residuals;
  }

  // The standard deviation of the target in a frame of mean weight with which the residuals are as large as expected.
  double sigma_of_target(std::span<const double> p, double of_ordinary_fit) const {
    const Residuals residuals = at(p);
    const auto excess = [&](double sigma) {
      const Eigen::LLT<Eigen::MatrixXd> V(variance(residuals, sigma));
      return residuals.of_target.dot(V.solve(residuals.of_target)) - freedom();
    };
    const double least = std::sqrt(least_share) * of_ordinary_fit;
    const double most = 2.0 * of_ordinary_fit;
    if (excess(least) <= 0.0) return least;
    if (excess(most) >= 0.0) return most;
    std::uintmax_t evaluations = 60;
    const auto [low, high] = boost::math::tools::toms748_solve(
        excess, least, most, boost::math::tools::eps_tolerance<double>(30), evaluations);
    return 0.5 * (low + high);
  }

  // How the estimates answer to the noise of both curves at the optimum.
  Response response(std::span<const double> p, double sigma, std::span<const double> covariance) const {
    const Residuals residuals = at(p);
    const Eigen::LLT<Eigen::MatrixXd> V(variance(residuals, sigma));
    Matrix C = Eigen::Map<const Matrix>(covariance.data(), size(p), size(p));
    C = C.unaryExpr([](double c) { return std::isfinite(c) ? c : 0.0; });
    Response response{C * V.solve(jacobian_of(p, reference_)).transpose(), {}};
    response.to_reference = response.to_target * residuals.of_noise;
    for (std::size_t i = 0; i < count(); ++i)
      response.to_target.col(static_cast<Eigen::Index>(i)) *= sigma / std::sqrt(used_.weight[i]);
    return response;
  }

 private:
  template <typename Span>
  static Eigen::Index size(const Span& span) {
    return static_cast<Eigen::Index>(span.size());
  }

  ReferenceRegion moved(std::size_t frame, double by) const {
    TimeActivityCurve curve = reference_.tac();
    curve.activity[frame] += by;
    return reference_.with_curve(std::move(curve));
  }

  VectorXd curve(std::span<const double> p, const ReferenceRegion& reference) const {
    std::vector<double> predicted(target_.frames.size());
    model_.predict(p, reference, predicted, {});
    VectorXd values(count());
    for (std::size_t i = 0; i < count(); ++i) values[static_cast<Eigen::Index>(i)] = predicted[used_.index[i]];
    return values;
  }

  Matrix jacobian_of(std::span<const double> p, const ReferenceRegion& reference) const {
    std::vector<double> predicted(target_.frames.size());
    std::vector<double> jacobian(predicted.size() * p.size());
    model_.predict(p, reference, predicted, jacobian);
    Matrix rows(count(), size(p));
    for (std::size_t i = 0; i < count(); ++i)
      rows.row(static_cast<Eigen::Index>(i)) =
          Eigen::Map<const Eigen::RowVectorXd>(&jacobian[used_.index[i] * p.size()], size(p));
    return rows;
  }

  const Model& model_;
  const TimeActivityCurve& target_;
  const ReferenceRegion& reference_;
  const ReferenceNoise& noise_;
  std::vector<Parameter> parameters_;
  detail::FramesUsed used_;
  std::vector<ReferenceRegion> above_;  // one standard deviation more in one frame
  std::vector<ReferenceRegion> below_;
};

// Zeros, to which whitened residuals are fitted.
detail::PointsAsFrames zeros_of(const BothCurves& curves) {
  return {std::vector<double>(curves.count(), 0.0), std::vector<double>(curves.count(), 1.0)};
}

void check(const Model& model, const FitOptions& options, const std::optional<IntervalOptions>& intervals) {
  const std::string name(model.name);
  if (model.needs_plasma()) throw UsageError("model " + name + " has no reference region whose noise it could carry");
  if (model.predict == nullptr)
    throw UsageError("model " + name + " is a linear method: the noise of its reference is carried by --ci bootstrap");
  if (options.loss != Loss::none) throw UsageError("the likelihood of both curves does not go with a robust loss");
  if (intervals && intervals->kind == IntervalKind::bootstrap)
    throw UsageError("bootstrap intervals are not those of the likelihood of both curves");
}

// Student's quantile for a quantity, with degrees of freedom after Welch and Satterthwaite.
double factor_of(const detail::Quantification& quantification,
                 const Fit& fit,
                 const Response& response,
                 double freedom_of_target,
                 int freedom_of_reference,
                 double level) {
  std::vector<double> by_parameter(fit.parameters.size());
  quantification(fit.parameters, by_parameter);
  const Eigen::Map<const Eigen::RowVectorXd> gradient(by_parameter.data(),
                                                      static_cast<Eigen::Index>(by_parameter.size()));
  const double of_target = (gradient * response.to_target).squaredNorm();
  const double of_reference = (gradient * response.to_reference).squaredNorm();
  const double sum = of_target + of_reference;
  const double spread = of_target * of_target / freedom_of_target + of_reference * of_reference / freedom_of_reference;
  const double freedom = sum > 0.0 ? sum * sum / spread : freedom_of_target;
  return boost::math::quantile(boost::math::students_t(freedom), 0.5 + 0.5 * level);
}

void add_likelihood_intervals(const Model& model,
                              const FitOptions& options,
                              const BothCurves& curves,
                              const ReferenceNoise& noise,
                              const IntervalOptions& intervals,
                              double sigma,
                              double minimum,
                              Fit& fit) {
  interval_factor(intervals.level, 1);  // throws for a level that makes no sense
  const detail::PointsAsFrames zeros = zeros_of(curves);
  const detail::ConstrainedFit constrained(curves.parameters(), curves.whitened(sigma), zeros.curve, zeros.used);
  const Response response = curves.response(fit.parameters, sigma, fit.covariance);
  for (std::size_t q = 0; q < fit.estimates.size(); ++q) {
    Estimate& estimate = fit.estimates[q];
    if (!std::isfinite(estimate.value)) continue;
    const detail::Quantification quantification{model, options, q};
    const double factor =
        factor_of(quantification, fit, response, curves.freedom(), noise.degrees_of_freedom, intervals.level);
    if (intervals.kind == IntervalKind::standard_error) {
      estimate.lower = estimate.value - factor * estimate.standard_error;
      estimate.upper = estimate.value + factor * estimate.standard_error;
      continue;
    }
    detail::set_profile_interval(detail::pulled_optimum(constrained, quantification, curves.parameters(), minimum, 1.0),
                                 q, factor, fit);
  }
  detail::flag_unbounded(fit);
}

}  // namespace

Fit fit_noisy_reference(const Model& model,
                        const TimeActivityCurve& target,
                        const ReferenceRegion& reference,
                        const FitOptions& options,
                        const ReferenceNoise& noise,
                        const std::optional<IntervalOptions>& intervals) {
  check(model, options, intervals);
  const Fit ordinary = fit(model, target, reference, options);
  if (ordinary.parameters.empty() || ordinary.degrees_of_freedom < 1 || !(ordinary.weighted_rss > 0.0)) return ordinary;
  const BothCurves curves(model, target, reference, options, noise);
  const double of_ordinary_fit = std::sqrt(ordinary.weighted_rss / ordinary.degrees_of_freedom);
  FitOptions one_start;
  const detail::PointsAsFrames zeros = zeros_of(curves);
  constexpr int most_rounds = 20;
  std::vector<double> parameters = ordinary.parameters;
  double sigma = 0.0;
  detail::Solution solution;
  bool is_settled = false;
  for (int round = 0; round < most_rounds && !is_settled; ++round) {
    const double before = sigma;
    sigma = curves.sigma_of_target(parameters, of_ordinary_fit);
    is_settled = std::abs(sigma - before) <= 1e-6 * sigma;
    if (is_settled) break;
    solution = detail::least_squares(curves.parameters(), curves.whitened(sigma), zeros.curve, zeros.used, one_start,
                                     {parameters});
    if (solution.parameters.empty())
      return detail::as_fit(model, curves.parameters(), solution, curves.used(), options);
    parameters = solution.parameters;
  }
  solution.converged = solution.converged && is_settled;
  const double minimum = solution.weighted_rss;
  // The covariance is that of the likelihood, whose residuals have unit variance, not scaled by them.
  for (double& c : solution.covariance) c *= curves.freedom() / minimum;
  solution.predicted.resize(target.frames.size());
  model.predict(parameters, reference, solution.predicted, {});
  solution.weighted_rss = 0.0;
  for (std::size_t i = 0; i < curves.count(); ++i) {
    const std::size_t frame = curves.used().index[i];
    solution.weighted_rss += curves.used().weight[i] * std::pow(target.activity[frame] - solution.predicted[frame], 2);
  }
  Fit result = detail::as_fit(model, curves.parameters(), solution, curves.used(), options);
  result.aicc = not_available;
  // What a model's own fit says of the curve holds here too.
  if (std::ranges::find(ordinary.flags, "low_binding") != ordinary.flags.end()) result.flags.push_back("low_binding");
  if (std::ranges::find(ordinary.flags, "no_displacement") != ordinary.flags.end())
    detail::mark_no_displacement(result);
  if (intervals) add_likelihood_intervals(model, options, curves, noise, *intervals, sigma, minimum, result);
  return result;
}

}  // namespace pet
