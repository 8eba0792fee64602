// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/regression.h"

#include <ceres/ceres.h>

#include <Eigen/Core>
#include <algorithm>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>

#include "kinetic_models/detail/information.h"
#include "kinetic_models/detail/row_major.h"
#include "kinetic_models/detail/solver.h"

namespace pet::detail {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<std::size_t> free_of(const Regression& problem) {
  std::vector<std::size_t> free;
  for (std::size_t j = 0; j < problem.parameters.size(); ++j)
    if (!problem.parameters[j].is_held()) free.push_back(j);
  return free;
}

std::vector<double> with_held(const Regression& problem, std::vector<double> values) {
  for (std::size_t j = 0; j < values.size(); ++j) {
    const Parameter& p = problem.parameters[j];
    values[j] = p.is_held() ? p.held : std::clamp(values[j], p.lower, p.upper);
  }
  return values;
}

// The residuals as a function of what is fitted.
class Residuals : public ceres::CostFunction {
 public:
  explicit Residuals(const Regression& problem, std::vector<double> all)
      : problem_(problem), free_(free_of(problem)), all_(std::move(all)) {
    set_num_residuals(static_cast<int>(problem.observations));
    mutable_parameter_block_sizes()->push_back(static_cast<int>(free_.size()));
  }

  bool Evaluate(double const* const* p, double* residuals, double** jacobians) const override {
    const std::size_t n = problem_.observations;
    const std::size_t all = problem_.parameters.size();
    for (std::size_t j = 0; j < free_.size(); ++j) all_[free_[j]] = p[0][j];
    const bool wants_jacobian = jacobians != nullptr && jacobians[0] != nullptr;
    std::vector<double> jacobian(wants_jacobian ? n * all : 0);
    problem_.residuals(all_, {residuals, n}, jacobian);
    for (std::size_t i = 0; i < n; ++i) {
      if (!std::isfinite(residuals[i])) return false;
      for (std::size_t j = 0; wants_jacobian && j < free_.size(); ++j)
        jacobians[0][i * free_.size() + j] = jacobian[i * all + free_[j]];
    }
    return true;
  }

 private:
  const Regression& problem_;
  std::vector<std::size_t> free_;
  mutable std::vector<double> all_;
};

double rss_at(const Regression& problem, const std::vector<double>& all) {
  std::vector<double> residuals(problem.observations);
  problem.residuals(all, residuals, {});
  double rss = 0.0;
  for (const double r : residuals) rss += r * r;
  return std::isfinite(rss) ? rss : infinity;
}

RegressionOptimum minimise_from(const Regression& problem, const std::vector<double>& start, Effort effort) {
  RegressionOptimum optimum{with_held(problem, start)};
  optimum.rss = rss_at(problem, optimum.parameters);
  if (!std::isfinite(optimum.rss)) return {};
  const std::vector<std::size_t> free = free_of(problem);
  if (free.empty()) {
    optimum.converged = true;
    return optimum;
  }
  std::vector<double> x;
  for (const std::size_t j : free) x.push_back(optimum.parameters[j]);
  ceres::Problem solver;
  solver.AddResidualBlock(new Residuals(problem, optimum.parameters), nullptr, x.data());
  for (std::size_t j = 0; j < free.size(); ++j) {
    solver.SetParameterLowerBound(x.data(), static_cast<int>(j), problem.parameters[free[j]].lower);
    solver.SetParameterUpperBound(x.data(), static_cast<int>(j), problem.parameters[free[j]].upper);
  }
  ceres::Solver::Summary summary;
  ceres::Solve(solver_options(effort), &solver, &summary);
  if (!summary.IsSolutionUsable()) return {};
  for (std::size_t j = 0; j < free.size(); ++j) optimum.parameters[free[j]] = x[j];
  optimum.rss = 2.0 * summary.final_cost;
  optimum.converged = summary.termination_type == ceres::CONVERGENCE;
  return optimum;
}

}  // namespace

std::size_t Regression::fitted() const {
  return free_of(*this).size();
}

RegressionOptimum minimise(const Regression& problem, const std::vector<std::vector<double>>& starts) {
  RegressionOptimum best;
  if (starts.size() == 1) return minimise_from(problem, starts.front(), Effort::to_the_end);
  for (const std::vector<double>& start : starts) {
    RegressionOptimum here = minimise_from(problem, start, Effort::few_steps);
    if (!here.parameters.empty() && (best.parameters.empty() || here.rss < best.rss)) best = std::move(here);
  }
  return best.parameters.empty() ? best : minimise_from(problem, best.parameters, Effort::to_the_end);
}

std::vector<double> inverse_information(const Regression& problem, const RegressionOptimum& optimum) {
  const std::size_t all = problem.parameters.size();
  std::vector<double> residuals(problem.observations);
  std::vector<double> jacobian(problem.observations * all);
  problem.residuals(optimum.parameters, residuals, jacobian);
  std::vector<std::size_t> inside;
  std::vector<double> covariance(all * all, not_available);
  for (std::size_t j = 0; j < all; ++j) {
    if (problem.parameters[j].is_held())
      for (std::size_t k = 0; k < all; ++k) covariance[j * all + k] = covariance[k * all + j] = 0.0;
    else if (!is_at_bound(optimum.parameters[j], problem.parameters[j]))
      inside.push_back(j);
  }
  if (inside.empty()) return covariance;
  const auto n = static_cast<Eigen::Index>(problem.observations);
  const RowMajor full = Eigen::Map<const RowMajor>(jacobian.data(), n, static_cast<Eigen::Index>(all));
  Eigen::MatrixXd of_inside(n, static_cast<Eigen::Index>(inside.size()));
  for (std::size_t c = 0; c < inside.size(); ++c)
    of_inside.col(static_cast<Eigen::Index>(c)) = full.col(static_cast<Eigen::Index>(inside[c]));
  const InverseInformation information = inverse_information(of_inside);
  for (std::size_t a = 0; a < inside.size(); ++a)
    for (std::size_t b = 0; b < inside.size(); ++b)
      if (information.is_determined[a] && information.is_determined[b])
        covariance[inside[a] * all + inside[b]] =
            information.matrix(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
  return covariance;
}

std::optional<RegressionOptimum> constrained(const Regression& problem,
                                             const std::vector<double>& start,
                                             std::size_t parameter,
                                             double value) {
  Regression held = problem;
  held.parameters[parameter].held = value;
  RegressionOptimum optimum = minimise_from(held, start, Effort::to_the_end);
  if (optimum.parameters.empty()) return std::nullopt;
  return optimum;
}

Interval profile(const Regression& problem,
                 const RegressionOptimum& optimum,
                 std::size_t parameter,
                 double step,
                 double limit,
                 bool ends_at_bound) {
  constexpr int most_steps = 60;
  const double estimate = optimum.parameters[parameter];
  const Parameter& range = problem.parameters[parameter];
  const auto bound = [&](int side) {
    const double wall = side < 0 ? range.lower : range.upper;
    const double open = ends_at_bound ? wall : side * infinity;
    std::vector<double> start = optimum.parameters;
    const auto excess = [&](double value) {
      const auto found = constrained(problem, start, parameter, value);
      if (found && found->rss <= limit) start = found->parameters;
      return found ? found->rss - limit : infinity;
    };
    double inside = estimate;
    double reach = step;
    for (int i = 0; i < most_steps; ++i, reach *= 1.6) {
      const double value = side < 0 ? std::max(wall, estimate - reach) : std::min(wall, estimate + reach);
      double beyond = excess(value);
      if (beyond > 0.0) {
        if (std::isinf(beyond)) beyond = limit;
        std::uintmax_t evaluations = 60;
        const auto safe = [&](double at) { return std::min(excess(at), beyond); };
        const double at_inside = std::min(safe(inside), 0.0);
        if (at_inside == 0.0) return inside;
        const bool is_below = side < 0;
        const auto root = boost::math::tools::toms748_solve(
            safe, is_below ? value : inside, is_below ? inside : value, is_below ? beyond : at_inside,
            is_below ? at_inside : beyond, boost::math::tools::eps_tolerance<double>(36), evaluations);
        return 0.5 * (root.first + root.second);
      }
      if (value == wall) return open;
      inside = value;
    }
    return open;
  };
  return {bound(-1), bound(1)};
}

}  // namespace pet::detail
