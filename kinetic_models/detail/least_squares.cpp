// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/least_squares.h"

#include <ceres/ceres.h>

#include <Eigen/SVD>
#include <algorithm>
#include <cmath>
#include <random>

#include "kinetic_models/detail/statistics.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Weighted residuals of the frames used, in units of the curve's size so that tolerances do not depend on its unit.
class Residuals : public ceres::CostFunction {
 public:
  Residuals(const Prediction& prediction,
            const TimeActivityCurve& target,
            const FramesUsed& used,
            std::size_t parameters,
            double scale)
      : prediction_(prediction), target_(target), used_(used), parameters_(parameters), scale_(scale) {
    set_num_residuals(static_cast<int>(used.index.size()));
    mutable_parameter_block_sizes()->push_back(static_cast<int>(parameters));
    predicted_.resize(target.frames.size());
    jacobian_.resize(target.frames.size() * parameters);
  }

  bool Evaluate(double const* const* p, double* residuals, double** jacobians) const override {
    const bool wants_jacobian = jacobians != nullptr && jacobians[0] != nullptr;
    prediction_({p[0], parameters_}, predicted_, wants_jacobian ? std::span<double>(jacobian_) : std::span<double>());
    bool is_finite = true;
    for (std::size_t r = 0; r < used_.index.size(); ++r) {
      const std::size_t i = used_.index[r];
      const double factor = std::sqrt(used_.weight[r]) / scale_;
      residuals[r] = factor * (predicted_[i] - target_.activity[i]);
      is_finite = is_finite && std::isfinite(residuals[r]);
      if (!wants_jacobian) continue;
      for (std::size_t j = 0; j < parameters_; ++j)
        jacobians[0][r * parameters_ + j] = factor * jacobian_[i * parameters_ + j];
    }
    return is_finite;
  }

 private:
  const Prediction& prediction_;
  const TimeActivityCurve& target_;
  const FramesUsed& used_;
  std::size_t parameters_;
  double scale_;
  mutable std::vector<double> predicted_;
  mutable std::vector<double> jacobian_;
};

struct Optimum {
  std::vector<double> parameters;
  double cost = std::numeric_limits<double>::infinity();
  bool converged = false;
};

double size_of(const TimeActivityCurve& target, const FramesUsed& used) {
  double sum = 0.0;
  for (const std::size_t i : used.index) sum += target.activity[i] * target.activity[i];
  return sum > 0.0 ? std::sqrt(sum / static_cast<double>(used.index.size())) : 1.0;
}

Optimum minimise(std::span<const Parameter> parameters, Residuals& residuals, std::vector<double> start) {
  ceres::Problem::Options ownership;
  ownership.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  ceres::Problem problem(ownership);
  problem.AddResidualBlock(&residuals, nullptr, start.data());
  for (std::size_t j = 0; j < parameters.size(); ++j) {
    start[j] = std::clamp(start[j], parameters[j].lower, parameters[j].upper);
    problem.SetParameterLowerBound(start.data(), static_cast<int>(j), parameters[j].lower);
    problem.SetParameterUpperBound(start.data(), static_cast<int>(j), parameters[j].upper);
  }
  ceres::Solver::Options options;
  options.linear_solver_type = ceres::DENSE_QR;
  options.logging_type = ceres::SILENT;
  options.max_num_iterations = 200;
  options.function_tolerance = 1e-14;
  options.parameter_tolerance = 1e-11;
  options.gradient_tolerance = 1e-15;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  return {std::move(start), summary.final_cost, summary.termination_type == ceres::CONVERGENCE};
}

std::vector<double> random_start(std::span<const Parameter> parameters, std::mt19937_64& generator) {
  std::vector<double> start;
  for (const Parameter& parameter : parameters) {
    const double u = static_cast<double>(generator() >> 11) * 0x1.0p-53;
    start.push_back(parameter.lower > 0.0 ? parameter.lower * std::pow(parameter.upper / parameter.lower, u)
                                          : parameter.lower + u * (parameter.upper - parameter.lower));
  }
  return start;
}

Optimum best_of(std::span<const Parameter> parameters,
                Residuals& residuals,
                const std::vector<std::vector<double>>& starts) {
  Optimum best;
  for (const auto& start : starts) {
    Optimum optimum = minimise(parameters, residuals, start);
    // A later start must be better by more than rounding, so that the result does not hang on it.
    if (optimum.cost < best.cost * (1.0 - 1e-10)) best = std::move(optimum);
  }
  if (best.parameters.empty()) best.parameters = starts.front();
  return best;
}

bool is_at_bound(double value, const Parameter& parameter) {
  const double margin = 1e-6 * (parameter.upper - parameter.lower);
  return value - parameter.lower <= std::min(margin, 1e-3 * std::max(std::abs(parameter.lower), 1e-3)) ||
         parameter.upper - value <= margin;
}

// Covariance of the free parameters without the factor s^2, from the singular values of the scaled Jacobian.
void add_covariance(const Matrix& jacobian, double variance, Solution& solution) {
  const auto p = static_cast<Eigen::Index>(solution.parameters.size());
  solution.covariance.assign(static_cast<std::size_t>(p * p), not_available);
  std::vector<Eigen::Index> free;
  std::vector<double> norm;
  for (Eigen::Index j = 0; j < p; ++j) {
    const double length = jacobian.col(j).norm();
    if (solution.at_bound[static_cast<std::size_t>(j)]) continue;
    if (!(length > 0.0)) {
      solution.determined[static_cast<std::size_t>(j)] = false;
      continue;
    }
    free.push_back(j);
    norm.push_back(length);
  }
  if (free.empty()) return;
  Eigen::MatrixXd scaled(jacobian.rows(), static_cast<Eigen::Index>(free.size()));
  for (std::size_t c = 0; c < free.size(); ++c)
    scaled.col(static_cast<Eigen::Index>(c)) = jacobian.col(free[c]) / norm[c];
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(scaled, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Eigen::VectorXd& sigma = svd.singularValues();
  constexpr double smallest_ratio = 1e-7;
  constexpr double share = 1e-3;  // of a parameter in a direction that is not determined
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Zero(scaled.cols(), scaled.cols());
  for (Eigen::Index k = 0; k < sigma.size(); ++k) {
    const Eigen::VectorXd direction = svd.matrixV().col(k);
    if (sigma[k] > smallest_ratio * sigma[0]) {
      inverse += direction * direction.transpose() / (sigma[k] * sigma[k]);
      continue;
    }
    for (std::size_t c = 0; c < free.size(); ++c)
      if (std::abs(direction[static_cast<Eigen::Index>(c)]) > share)
        solution.determined[static_cast<std::size_t>(free[c])] = false;
  }
  for (std::size_t a = 0; a < free.size(); ++a)
    for (std::size_t b = 0; b < free.size(); ++b)
      if (solution.determined[static_cast<std::size_t>(free[a])] &&
          solution.determined[static_cast<std::size_t>(free[b])])
        solution.covariance[static_cast<std::size_t>(free[a] * p + free[b])] =
            variance * inverse(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) / (norm[a] * norm[b]);
}

// The weights that make least squares the robust loss at the current residuals.
FramesUsed reweighted(const FramesUsed& used,
                      const TimeActivityCurve& target,
                      std::span<const double> predicted,
                      Loss loss) {
  std::vector<double> size;
  for (std::size_t r = 0; r < used.index.size(); ++r)
    size.push_back(std::sqrt(used.weight[r]) * std::abs(target.activity[used.index[r]] - predicted[used.index[r]]));
  const double scale = 1.4826 * median(size);
  FramesUsed result = used;
  if (!(scale > 0.0)) return result;
  for (std::size_t r = 0; r < size.size(); ++r) {
    const double x = size[r] / scale;
    result.weight[r] *=
        loss == Loss::huber ? std::min(1.0, 1.345 / std::max(x, 1e-300)) : 1.0 / (1.0 + (x / 2.385) * (x / 2.385));
  }
  return result;
}

Solution describe_optimum(std::span<const Parameter> parameters,
                          const Prediction& prediction,
                          const TimeActivityCurve& target,
                          const FramesUsed& used,
                          const Optimum& optimum) {
  Solution solution;
  solution.parameters = optimum.parameters;
  solution.converged = optimum.converged;
  solution.determined.assign(parameters.size(), true);
  for (std::size_t j = 0; j < parameters.size(); ++j)
    solution.at_bound.push_back(is_at_bound(optimum.parameters[j], parameters[j]));

  const std::size_t p = parameters.size();
  solution.predicted.resize(target.frames.size());
  std::vector<double> jacobian(target.frames.size() * p);
  prediction(solution.parameters, solution.predicted, jacobian);
  Matrix weighted(static_cast<Eigen::Index>(used.index.size()), static_cast<Eigen::Index>(p));
  for (std::size_t r = 0; r < used.index.size(); ++r) {
    const std::size_t i = used.index[r];
    const double residual = target.activity[i] - solution.predicted[i];
    solution.weighted_rss += used.weight[r] * residual * residual;
    for (std::size_t j = 0; j < p; ++j)
      weighted(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(j)) =
          std::sqrt(used.weight[r]) * jacobian[i * p + j];
  }
  const auto freedom = static_cast<double>(used.index.size()) - static_cast<double>(p);
  add_covariance(weighted, freedom > 0.0 ? solution.weighted_rss / freedom : not_available, solution);
  return solution;
}

}  // namespace

std::vector<Parameter> with_bounds(std::span<const Parameter> parameters, const FitOptions& options) {
  std::vector<Parameter> result(parameters.begin(), parameters.end());
  for (const BoundOverride& bounds : options.bounds) {
    const auto found =
        std::find_if(result.begin(), result.end(), [&](const Parameter& p) { return p.symbol == bounds.symbol; });
    if (found == result.end()) {
      std::vector<std::string> symbols;
      for (const Parameter& p : parameters) symbols.emplace_back(p.symbol);
      throw UsageError("no parameter '" + bounds.symbol + "' to bound" + suggestion(bounds.symbol, symbols));
    }
    found->lower = bounds.lower;
    found->initial = bounds.start;
    found->upper = bounds.upper;
  }
  return result;
}

Solution least_squares(std::span<const Parameter> parameters,
                       const Prediction& prediction,
                       const TimeActivityCurve& target,
                       const FramesUsed& used,
                       const FitOptions& options,
                       std::vector<std::vector<double>> starts) {
  std::mt19937_64 generator(options.seed);
  for (int i = 1; i < options.starts; ++i) starts.push_back(random_start(parameters, generator));
  const double scale = size_of(target, used);
  Residuals residuals(prediction, target, used, parameters.size(), scale);
  Optimum optimum = best_of(parameters, residuals, starts);
  Solution solution = describe_optimum(parameters, prediction, target, used, optimum);
  if (options.loss == Loss::none) return solution;

  constexpr int most_reweightings = 30;
  for (int i = 0; i < most_reweightings; ++i) {
    const FramesUsed robust = reweighted(used, target, solution.predicted, options.loss);
    Residuals robust_residuals(prediction, target, robust, parameters.size(), scale);
    const std::vector<double> before = optimum.parameters;
    optimum = minimise(parameters, robust_residuals, before);
    solution = describe_optimum(parameters, prediction, target, robust, optimum);
    double change = 0.0;
    for (std::size_t j = 0; j < before.size(); ++j)
      change = std::max(change, std::abs(optimum.parameters[j] - before[j]) / (std::abs(before[j]) + 1e-6));
    if (change < 1e-8) break;
  }
  return solution;
}

Fit assemble_fit(std::span<const Parameter> parameters,
                 std::span<const Quantity> quantities,
                 const Solution& solution,
                 const FramesUsed& used,
                 std::span<const double> values,
                 std::span<const double> gradients) {
  const std::size_t p = parameters.size();
  Fit fit;
  fit.status = solution.converged ? FitStatus::ok : FitStatus::not_converged;
  for (std::size_t j = 0; j < p; ++j) {
    if (!solution.determined[j]) {
      fit.status = FitStatus::unidentifiable;
      fit.flags.push_back(std::string(parameters[j].symbol) + "_unidentifiable");
    } else if (solution.at_bound[j]) {
      if (fit.status == FitStatus::ok) fit.status = FitStatus::at_bound;
      fit.flags.push_back(std::string(parameters[j].symbol) + "_at_bound");
    }
  }
  for (std::size_t q = 0; q < quantities.size(); ++q) {
    Estimate estimate{quantities[q].symbol, quantities[q].unit, values[q], not_available};
    double variance = 0.0;
    for (std::size_t a = 0; a < p; ++a)
      for (std::size_t b = 0; b < p; ++b)
        if (gradients[q * p + a] != 0.0 && gradients[q * p + b] != 0.0)
          variance += gradients[q * p + a] * gradients[q * p + b] * solution.covariance[a * p + b];
    estimate.standard_error = std::sqrt(variance);
    fit.estimates.push_back(estimate);
  }
  fit.fitted = solution.predicted;
  add_goodness_of_fit(fit, solution.weighted_rss, used.index.size(), p);
  return fit;
}

}  // namespace pet::detail
