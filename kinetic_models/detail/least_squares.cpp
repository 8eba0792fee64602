// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/least_squares.h"

#include <ceres/ceres.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <optional>
#include <random>
#include <set>

#include "kinetic_models/detail/derived.h"
#include "kinetic_models/detail/information.h"
#include "kinetic_models/detail/row_major.h"
#include "kinetic_models/detail/solver.h"
#include "kinetic_models/detail/statistics.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

// The indices of the parameters that are fitted.
std::vector<std::size_t> fitted_indices(std::span<const Parameter> parameters) {
  std::vector<std::size_t> indices;
  for (std::size_t j = 0; j < parameters.size(); ++j)
    if (!parameters[j].is_held()) indices.push_back(j);
  return indices;
}

std::vector<double> with_held(std::vector<double> values, std::span<const Parameter> parameters) {
  for (std::size_t j = 0; j < parameters.size(); ++j)
    if (parameters[j].is_held()) values[j] = parameters[j].held;
  return values;
}

// One residual more, which pulls a quantity to a value.
struct Pull {
  const QuantityFunction& quantity;
  double value;
  double strength;
};

// Weighted residuals of the frames used, in units of the curve's size so that tolerances do not depend on its unit, as
// a function of the parameters that are fitted.
class Residuals : public ceres::CostFunction {
 public:
  Residuals(const Prediction& prediction,
            const TimeActivityCurve& target,
            const FramesUsed& used,
            std::span<const Parameter> parameters,
            double scale,
            const Pull* pull = nullptr)
      : prediction_(prediction),
        target_(target),
        used_(used),
        free_(fitted_indices(parameters)),
        scale_(scale),
        pull_(pull) {
    set_num_residuals(static_cast<int>(used.index.size()) + (pull != nullptr ? 1 : 0));
    mutable_parameter_block_sizes()->push_back(static_cast<int>(free_.size()));
    parameters_ = with_held(std::vector<double>(parameters.size(), 0.0), parameters);
    predicted_.resize(target.frames.size());
    jacobian_.resize(target.frames.size() * parameters.size());
  }

  bool Evaluate(double const* const* p, double* residuals, double** jacobians) const override {
    const bool wants_jacobian = jacobians != nullptr && jacobians[0] != nullptr;
    // The optimiser asks for the residuals of a step first, then, if it takes it, for the derivatives there: both are
    // computed at once.
    bool is_known = is_evaluated_;
    for (std::size_t j = 0; j < free_.size(); ++j) {
      is_known = is_known && parameters_[free_[j]] == p[0][j];
      parameters_[free_[j]] = p[0][j];
    }
    if (!is_known) prediction_(parameters_, predicted_, jacobian_);
    is_evaluated_ = true;
    bool is_finite = true;
    for (std::size_t r = 0; r < used_.index.size(); ++r) {
      const std::size_t i = used_.index[r];
      const double factor = std::sqrt(used_.weight[r]) / scale_;
      residuals[r] = factor * (predicted_[i] - target_.activity[i]);
      is_finite = is_finite && std::isfinite(residuals[r]);
      if (!wants_jacobian) continue;
      for (std::size_t j = 0; j < free_.size(); ++j)
        jacobians[0][r * free_.size() + j] = factor * jacobian_[i * parameters_.size() + free_[j]];
    }
    return is_finite && (pull_ == nullptr || add_pull(residuals, wants_jacobian ? jacobians[0] : nullptr));
  }

 private:
  bool add_pull(double* residuals, double* jacobian) const {
    std::vector<double> gradient(jacobian != nullptr ? parameters_.size() : 0);
    const std::size_t row = used_.index.size();
    residuals[row] = pull_->strength / scale_ * (pull_->quantity(parameters_, gradient) - pull_->value);
    for (std::size_t j = 0; jacobian != nullptr && j < free_.size(); ++j)
      jacobian[row * free_.size() + j] = pull_->strength / scale_ * gradient[free_[j]];
    return std::isfinite(residuals[row]);
  }

  const Prediction& prediction_;
  const TimeActivityCurve& target_;
  const FramesUsed& used_;
  std::vector<std::size_t> free_;
  double scale_;
  const Pull* pull_;
  mutable bool is_evaluated_ = false;
  mutable std::vector<double> parameters_;
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

// Moves what is at a bound onto it and returns which they are, without those that the cost's gradient draws back
// inside.
std::vector<int> pinned(std::span<const Parameter> parameters,
                        const std::vector<std::size_t>& free,
                        ceres::Problem& problem,
                        std::vector<double>& x) {
  std::vector<int> at_bounds;
  std::vector<bool> is_lower(x.size(), false);
  for (std::size_t j = 0; j < free.size(); ++j) {
    const Parameter& p = parameters[free[j]];
    if (!is_at_bound(x[j], p)) continue;
    is_lower[j] = x[j] - p.lower < p.upper - x[j];
    x[j] = is_lower[j] ? p.lower : p.upper;
    at_bounds.push_back(static_cast<int>(j));
  }
  if (at_bounds.empty()) return at_bounds;
  std::vector<double> gradient;
  double cost = 0.0;
  problem.Evaluate({}, &cost, nullptr, &gradient, nullptr);
  std::erase_if(at_bounds, [&](int j) {
    const auto i = static_cast<std::size_t>(j);
    return is_lower[i] ? gradient[i] < 0.0 : gradient[i] > 0.0;
  });
  return at_bounds;
}

Optimum minimise(std::span<const Parameter> parameters,
                 Residuals& residuals,
                 const std::vector<double>& start,
                 Effort effort = Effort::to_the_end) {
  const std::vector<std::size_t> free = fitted_indices(parameters);
  std::vector<double> x;
  for (const std::size_t j : free) x.push_back(std::clamp(start[j], parameters[j].lower, parameters[j].upper));
  ceres::Problem::Options ownership;
  ownership.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
  ceres::Problem problem(ownership);
  problem.AddResidualBlock(&residuals, nullptr, x.data());
  for (std::size_t j = 0; j < free.size(); ++j) {
    problem.SetParameterLowerBound(x.data(), static_cast<int>(j), parameters[free[j]].lower);
    problem.SetParameterUpperBound(x.data(), static_cast<int>(j), parameters[free[j]].upper);
  }
  ceres::Solver::Summary summary;
  ceres::Solve(solver_options(effort), &problem, &summary);
  // Along a bound the optimiser creeps, because its steps are cut at the bound. Pinned there, it goes straight on.
  constexpr int most_rounds = 4;
  for (int round = 0; effort != Effort::few_steps && summary.IsSolutionUsable() && round < most_rounds; ++round) {
    const std::vector<int> at_bounds = pinned(parameters, free, problem, x);
    if (at_bounds.empty() || at_bounds.size() == x.size()) break;
    const double before = summary.final_cost;
    problem.SetManifold(x.data(), new ceres::SubsetManifold(static_cast<int>(x.size()), at_bounds));
    ceres::Solve(solver_options(effort), &problem, &summary);
    problem.SetManifold(x.data(), nullptr);
    if (!(summary.final_cost < before * (1.0 - 1e-9))) break;
  }
  Optimum optimum{with_held(start, parameters)};
  for (std::size_t j = 0; j < free.size(); ++j) optimum.parameters[free[j]] = x[j];
  if (!summary.IsSolutionUsable()) return optimum;
  optimum.cost = summary.final_cost;
  optimum.converged = summary.termination_type == ceres::CONVERGENCE;
  return optimum;
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
  if (starts.size() == 1) return minimise(parameters, residuals, starts.front());
  Optimum best;
  for (const auto& start : starts) {
    Optimum optimum = minimise(parameters, residuals, start, Effort::few_steps);
    // A later start must be better by more than rounding, so that the result does not hang on it.
    if (optimum.cost < best.cost * (1.0 - 1e-10)) best = std::move(optimum);
  }
  if (best.parameters.empty()) return {with_held(starts.front(), parameters)};
  return minimise(parameters, residuals, best.parameters);
}

// Covariance of the free parameters without the factor s^2, from the singular values of the scaled Jacobian.
void add_covariance(const RowMajor& jacobian,
                    double variance,
                    std::span<const Parameter> parameters,
                    Solution& solution) {
  const auto p = static_cast<Eigen::Index>(solution.parameters.size());
  solution.covariance.assign(static_cast<std::size_t>(p * p), not_available);
  for (Eigen::Index j = 0; j < p; ++j)
    for (Eigen::Index k = 0; parameters[static_cast<std::size_t>(j)].is_held() && k < p; ++k)
      solution.covariance[static_cast<std::size_t>(j * p + k)] =
          solution.covariance[static_cast<std::size_t>(k * p + j)] = 0.0;
  std::vector<Eigen::Index> free;
  for (Eigen::Index j = 0; j < p; ++j)
    if (!solution.at_bound[static_cast<std::size_t>(j)] && !parameters[static_cast<std::size_t>(j)].is_held())
      free.push_back(j);
  if (free.empty()) return;
  Eigen::MatrixXd of_free(jacobian.rows(), static_cast<Eigen::Index>(free.size()));
  for (std::size_t c = 0; c < free.size(); ++c) of_free.col(static_cast<Eigen::Index>(c)) = jacobian.col(free[c]);
  const InverseInformation information = inverse_information(of_free, variance);
  for (std::size_t a = 0; a < free.size(); ++a) {
    solution.determined[static_cast<std::size_t>(free[a])] = information.is_determined[a];
    for (std::size_t b = 0; b < free.size(); ++b)
      if (information.is_determined[a] && information.is_determined[b])
        solution.covariance[static_cast<std::size_t>(free[a] * p + free[b])] =
            information.matrix(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
  }
}

// Residuals in units of their robust scale: 1.4826 MAD, enlarged for the parameters fitted. All zero where the scale
// is.
struct RobustScale {
  double sigma = 0.0;
  std::vector<double> size;
};

RobustScale robust_scale(const FramesUsed& used,
                         const TimeActivityCurve& target,
                         std::span<const double> predicted,
                         std::size_t parameters) {
  RobustScale scale;
  for (std::size_t r = 0; r < used.index.size(); ++r)
    scale.size.push_back(std::sqrt(used.weight[r]) *
                         std::abs(target.activity[used.index[r]] - predicted[used.index[r]]));
  const auto n = static_cast<double>(used.index.size());
  scale.sigma = 1.4826 * median(scale.size) * std::sqrt(n / std::max(1.0, n - static_cast<double>(parameters)));
  for (double& x : scale.size) x = scale.sigma > 0.0 ? x / scale.sigma : 0.0;
  return scale;
}

constexpr double huber_constant = 1.345;   // 95 % efficiency for normal residuals
constexpr double cauchy_constant = 2.385;  // the same

double psi_over_x(double x, Loss loss) {
  if (loss == Loss::huber) return x <= huber_constant ? 1.0 : huber_constant / x;
  return 1.0 / (1.0 + (x / cauchy_constant) * (x / cauchy_constant));
}

double psi_derivative(double x, Loss loss) {
  if (loss == Loss::huber) return x <= huber_constant ? 1.0 : 0.0;
  const double square = (x / cauchy_constant) * (x / cauchy_constant);
  return (1.0 - square) / ((1.0 + square) * (1.0 + square));
}

// The weights that make least squares the robust loss at the current residuals.
FramesUsed reweighted(const FramesUsed& used, const RobustScale& scale, Loss loss) {
  FramesUsed result = used;
  for (std::size_t r = 0; r < scale.size.size(); ++r) result.weight[r] *= psi_over_x(scale.size[r], loss);
  return result;
}

// The residual variance that makes s^2 (J'WJ)^-1 the covariance of an M-estimator:
// sigma^2 (sum psi^2 / (N - p)) / (mean psi')^2 (Huber PJ. Robust Statistics. Wiley 1981, section 7.6).
double robust_variance(const RobustScale& scale, Loss loss, std::size_t parameters) {
  double squares = 0.0;
  double slope = 0.0;
  for (const double x : scale.size) {
    squares += std::pow(x * psi_over_x(x, loss), 2);
    slope += psi_derivative(x, loss);
  }
  const auto n = static_cast<double>(scale.size.size());
  return scale.sigma * scale.sigma * squares / (n - static_cast<double>(parameters)) / std::pow(slope / n, 2);
}

Solution describe_optimum(std::span<const Parameter> parameters,
                          const Prediction& prediction,
                          const TimeActivityCurve& target,
                          const FramesUsed& used,
                          const Optimum& optimum,
                          std::optional<double> variance) {
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
  RowMajor weighted(static_cast<Eigen::Index>(used.index.size()), static_cast<Eigen::Index>(p));
  for (std::size_t r = 0; r < used.index.size(); ++r) {
    const std::size_t i = used.index[r];
    const double residual = target.activity[i] - solution.predicted[i];
    solution.weighted_rss += used.weight[r] * residual * residual;
    for (std::size_t j = 0; j < p; ++j)
      weighted(static_cast<Eigen::Index>(r), static_cast<Eigen::Index>(j)) =
          std::sqrt(used.weight[r]) * jacobian[i * p + j];
  }
  const auto freedom = static_cast<double>(used.index.size()) - static_cast<double>(count_fitted(parameters));
  if (!variance) variance = freedom > 0.0 ? solution.weighted_rss / freedom : not_available;
  add_covariance(weighted, *variance, parameters, solution);
  return solution;
}

// Iteratively reweighted least squares from the ordinary solution until the parameters stand still.
Solution robust_solution(std::span<const Parameter> parameters,
                         const Prediction& prediction,
                         const TimeActivityCurve& target,
                         const FramesUsed& used,
                         Loss loss,
                         double size,
                         Solution solution) {
  constexpr int most_reweightings = 50;
  bool is_settled = false;
  for (int i = 0; i < most_reweightings && !is_settled; ++i) {
    const RobustScale scale = robust_scale(used, target, solution.predicted, count_fitted(parameters));
    const FramesUsed robust = reweighted(used, scale, loss);
    Residuals residuals(prediction, target, robust, parameters, size);
    const std::vector<double> before = solution.parameters;
    const Optimum optimum = minimise(parameters, residuals, before);
    if (!std::isfinite(optimum.cost)) break;
    solution = describe_optimum(parameters, prediction, target, used, optimum, {});
    is_settled = true;
    for (std::size_t j = 0; j < before.size(); ++j)
      is_settled = is_settled && std::abs(optimum.parameters[j] - before[j]) <= 1e-6 * (std::abs(before[j]) + 1e-6);
  }
  const Optimum last{solution.parameters, 0.0, is_settled};
  const RobustScale scale = robust_scale(used, target, solution.predicted, count_fitted(parameters));
  return describe_optimum(parameters, prediction, target, used, last,
                          robust_variance(scale, loss, count_fitted(parameters)));
}

// What the options choose for a parameter that can be held.
Choice choice_of(std::string_view symbol, const FitOptions& options) {
  if (symbol == "vB") return options.vB;
  if (symbol == "vBref") return options.vB_reference;
  if (symbol == "delay") return options.delay_min;
  if (symbol == "VND") return options.VND;
  if (symbol == "k2prime") return {options.k2prime, false};
  return {};
}

void apply_choice(Parameter& parameter, const FitOptions& options) {
  if (!parameter.is_held()) return;
  const Choice choice = choice_of(parameter.symbol, options);
  if (choice.value) parameter.held = *choice.value;
  const auto& released = options.released;
  if (choice.is_fitted || std::find(released.begin(), released.end(), parameter.symbol) != released.end())
    parameter.held = not_held;
}

}  // namespace

std::vector<Parameter> with_bounds(std::span<const Parameter> parameters, const FitOptions& options) {
  std::vector<Parameter> result(parameters.begin(), parameters.end());
  for (Parameter& parameter : result) apply_choice(parameter, options);
  std::set<std::string> seen;
  for (const BoundOverride& bounds : options.bounds) {
    const auto found =
        std::find_if(result.begin(), result.end(), [&](const Parameter& p) { return p.symbol == bounds.symbol; });
    if (found == result.end()) {
      std::vector<std::string> symbols;
      for (const Parameter& p : parameters) symbols.emplace_back(p.symbol);
      throw UsageError("no parameter '" + bounds.symbol + "' to bound" + suggestion(bounds.symbol, symbols));
    }
    if (found->is_held()) throw UsageError("bounds of " + bounds.symbol + ": it is held, not fitted");
    if (!(bounds.lower > found->floor))
      throw UsageError("bounds of " + bounds.symbol + " from " + std::to_string(bounds.lower) +
                       ": they must lie above " + std::to_string(found->floor));
    if (!seen.insert(bounds.symbol).second) throw UsageError("parameter '" + bounds.symbol + "' is bounded twice");
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
  if (!options.bounds.empty()) {
    starts.emplace_back();
    for (const Parameter& parameter : parameters) starts.back().push_back(parameter.initial);
  }
  std::mt19937_64 generator(options.seed);
  for (int i = 1; i < options.starts; ++i) starts.push_back(random_start(parameters, generator));
  const double scale = size_of(target, used);
  Residuals residuals(prediction, target, used, parameters, scale);
  const Optimum optimum = best_of(parameters, residuals, starts);
  if (!std::isfinite(optimum.cost)) return {};
  Solution solution = describe_optimum(parameters, prediction, target, used, optimum, {});
  if (options.loss == Loss::none) return solution;
  return robust_solution(parameters, prediction, target, used, options.loss, scale, std::move(solution));
}

std::size_t count_fitted(std::span<const Parameter> parameters) {
  return fitted_indices(parameters).size();
}

Fit as_fit(const Model& model,
           std::span<const Parameter> parameters,
           const Solution& solution,
           const FramesUsed& used,
           const FitOptions& options) {
  const std::size_t p = parameters.size();
  Fit fit;
  if (solution.parameters.empty()) {
    fit.flags.push_back("optimiser_failed");
    for (const Quantity& quantity : model.quantities) fit.estimates.push_back({quantity.symbol, quantity.unit});
    fit.fitted.assign(used.frames, not_available);
    return fit;
  }
  fit.status = solution.converged ? FitStatus::ok : FitStatus::not_converged;
  for (std::size_t j = 0; j < p; ++j) {
    if (!solution.determined[j]) {
      if (solution.converged) fit.status = FitStatus::unidentifiable;
      fit.flags.push_back(std::string(parameters[j].symbol) + "_unidentifiable");
    } else if (solution.at_bound[j]) {
      if (fit.status == FitStatus::ok) fit.status = FitStatus::at_bound;
      fit.flags.push_back(std::string(parameters[j].symbol) + "_at_bound");
    }
  }
  fit.parameters = solution.parameters;
  fit.covariance = solution.covariance;
  fit.estimates = derived_estimates(model, solution.parameters, solution.covariance, options);
  fit.fitted = solution.predicted;
  flag_imprecise(fit);
  add_goodness_of_fit(fit, solution.weighted_rss, used.index.size(), count_fitted(parameters));
  return fit;
}

Fit fit_nonlinear(const Model& model,
                  const TimeActivityCurve& target,
                  const ScanInput& input,
                  const FitOptions& options,
                  std::vector<std::vector<double>> starts) {
  const std::vector<Parameter> parameters = with_bounds(model.parameters, options);
  const FramesUsed used = frames_used(target, options, count_fitted(parameters) + 1, model.name);
  const Prediction prediction = [&](auto p, auto predicted, auto jacobian) {
    model.predict(p, input, predicted, jacobian);
  };
  const Solution solution = least_squares(parameters, prediction, target, used, options, std::move(starts));
  return as_fit(model, parameters, solution, used, options);
}

ConstrainedFit::ConstrainedFit(const Model& model,
                               const TimeActivityCurve& target,
                               const ScanInput& input,
                               const FitOptions& options)
    : target_(target), parameters_(with_bounds(model.parameters, options)) {
  if (model.predict == nullptr) return;
  used_ = frames_used(target, options, 1, model.name);
  prediction_ = [&model, input](auto p, auto predicted, auto jacobian) {
    model.predict(p, input, predicted, jacobian);
  };
}

ConstrainedFit::ConstrainedFit(std::vector<Parameter> parameters,
                               Prediction prediction,
                               const TimeActivityCurve& target,
                               FramesUsed used)
    : target_(target), parameters_(std::move(parameters)), used_(std::move(used)), prediction_(std::move(prediction)) {}

std::optional<ConstrainedFit::Optimum> ConstrainedFit::minimise(const QuantityFunction& quantity,
                                                                double value,
                                                                double pull,
                                                                std::span<const double> start) const {
  std::vector<double> predicted(target_.frames.size());
  const auto rss = [&](std::span<const double> parameters) {
    prediction_(parameters, predicted, {});
    double sum = 0.0;
    for (std::size_t r = 0; r < used_.index.size(); ++r)
      sum += used_.weight[r] * std::pow(target_.activity[used_.index[r]] - predicted[used_.index[r]], 2);
    return sum;
  };
  const double freedom = static_cast<double>(used_.index.size()) - static_cast<double>(count_fitted(parameters_));
  const Pull constraint{quantity, value, std::sqrt(pull * rss(start) / freedom)};
  Residuals residuals(prediction_, target_, used_, parameters_, size_of(target_, used_), &constraint);
  const pet::detail::Optimum optimum =
      pet::detail::minimise(parameters_, residuals, {start.begin(), start.end()}, Effort::to_the_profile);
  if (!std::isfinite(optimum.cost)) return std::nullopt;
  return Optimum{optimum.parameters, rss(optimum.parameters)};
}

}  // namespace pet::detail
