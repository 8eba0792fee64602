// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/joint_problem.h"

#include <ceres/ceres.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <memory>

#include "kinetic_models/detail/row_major.h"
#include "kinetic_models/detail/solver.h"

namespace pet::detail {

// Residuals of one region, in units of its noise, as a function of its own parameters and of the shared ones.
class JointProblem::Residuals : public ceres::CostFunction {
 public:
  Residuals(const JointProblem& problem, const Region& region) : problem_(problem), region_(region) {
    set_num_residuals(static_cast<int>(region.used.index.size()));
    mutable_parameter_block_sizes()->push_back(static_cast<int>(region.own.size()));
    mutable_parameter_block_sizes()->push_back(static_cast<int>(problem.shared_.size()));
  }

  bool Evaluate(double const* const* p, double* residuals, double** jacobians) const override {
    const std::size_t count = region_.parameters.size();
    const std::vector<double> all = problem_.all_parameters(region_, p[0], p[1]);
    std::vector<double> predicted(region_.data->target.frames.size());
    std::vector<double> jacobian(jacobians != nullptr ? predicted.size() * count : 0);
    problem_.model_.predict(all, problem_.input_, predicted, jacobian);
    bool is_finite = true;
    for (std::size_t r = 0; r < region_.used.index.size(); ++r) {
      const std::size_t i = region_.used.index[r];
      const double factor = std::sqrt(region_.used.weight[r] / region_.variance);
      residuals[r] = factor * (predicted[i] - region_.data->target.activity[i]);
      is_finite = is_finite && std::isfinite(residuals[r]);
      if (jacobians == nullptr) continue;
      for (std::size_t j = 0; jacobians[0] != nullptr && j < region_.own.size(); ++j)
        jacobians[0][r * region_.own.size() + j] = factor * jacobian[i * count + region_.own[j]];
      for (std::size_t k = 0; jacobians[1] != nullptr && k < problem_.shared_.size(); ++k)
        jacobians[1][r * problem_.shared_.size() + k] = factor * jacobian[i * count + problem_.shared_[k]];
    }
    return is_finite;
  }

 private:
  const JointProblem& problem_;
  const Region& region_;
};

JointProblem::JointProblem(const Model& model,
                           const ScanInput& input,
                           std::vector<std::size_t> shared,
                           const FitOptions& options)
    : model_(model), input_(input), shared_(std::move(shared)) {
  FitOptions released = options;
  for (const std::size_t j : shared_) released.released.emplace_back(model.parameters[j].symbol);
  const std::vector<Parameter> parameters = with_bounds(model.parameters, released);
  for (const std::size_t j : shared_) shared_parameters_.push_back(parameters[j]);
}

void JointProblem::add_region(const RegionData& region, const Fit& alone) {
  FitOptions released = region.options;
  for (const Parameter& shared : shared_parameters_) released.released.emplace_back(shared.symbol);
  Region added{&region, {}, with_bounds(model_.parameters, released), {}, {}, 0.0};
  for (std::size_t j = 0; j < added.parameters.size(); ++j) {
    if (added.parameters[j].is_held() || std::count(shared_.begin(), shared_.end(), j) > 0) continue;
    added.own.push_back(j);
    added.start.push_back(std::clamp(alone.parameters[j], added.parameters[j].lower, added.parameters[j].upper));
  }
  added.used = pet::detail::frames_used(region.target, region.options, added.own.size() + 1, model_.name);
  added.variance = alone.weighted_rss / alone.degrees_of_freedom;
  regions_.push_back(std::move(added));
}

bool JointProblem::is_shared(std::string_view symbol) const {
  return std::any_of(shared_parameters_.begin(), shared_parameters_.end(),
                     [&](const Parameter& p) { return p.symbol == symbol; });
}

std::vector<double> JointProblem::all_parameters(const Region& region, const double* own, const double* shared) const {
  std::vector<double> all(region.parameters.size());
  for (std::size_t j = 0; j < all.size(); ++j)
    if (region.parameters[j].is_held()) all[j] = region.parameters[j].held;
  for (std::size_t j = 0; j < region.own.size(); ++j) all[region.own[j]] = own[j];
  for (std::size_t k = 0; k < shared_.size(); ++k) all[shared_[k]] = shared[k];
  return all;
}

JointOptimum JointProblem::start(const std::vector<double>& shared) const {
  JointOptimum start;
  start.shared = shared;
  for (const Region& region : regions_) start.own.push_back(region.start);
  return start;
}

// All parameters in one piece of memory, regions first: the optimiser orders blocks by address, and its sums must not
// depend on where the heap has room.
struct JointProblem::Blocks {
  std::vector<double> values;
  std::vector<double*> own;
  double* shared;

  explicit Blocks(const JointOptimum& at) {
    for (const auto& own_values : at.own) values.insert(values.end(), own_values.begin(), own_values.end());
    values.insert(values.end(), at.shared.begin(), at.shared.end());
    double* next = values.data();
    for (const auto& own_values : at.own) {
      own.push_back(next);
      next += own_values.size();
    }
    shared = next;
  }
  void copy_to(JointOptimum& at) const {
    for (std::size_t r = 0; r < own.size(); ++r) std::copy_n(own[r], at.own[r].size(), at.own[r].begin());
    std::copy_n(shared, at.shared.size(), at.shared.begin());
  }
};

int JointProblem::add_regions(ceres::Problem& problem,
                              ceres::ParameterBlockOrdering& ordering,
                              const Blocks& blocks) const {
  int residuals = 0;
  for (std::size_t r = 0; r < regions_.size(); ++r) {
    const Region& region = regions_[r];
    problem.AddResidualBlock(new Residuals(*this, region), nullptr, blocks.own[r], blocks.shared);
    ordering.AddElementToGroup(blocks.own[r], 0);
    for (std::size_t j = 0; j < region.own.size(); ++j) {
      problem.SetParameterLowerBound(blocks.own[r], static_cast<int>(j), region.parameters[region.own[j]].lower);
      problem.SetParameterUpperBound(blocks.own[r], static_cast<int>(j), region.parameters[region.own[j]].upper);
    }
    residuals += static_cast<int>(region.used.index.size());
  }
  ordering.AddElementToGroup(blocks.shared, 1);
  for (std::size_t k = 0; k < shared_.size(); ++k) {
    problem.SetParameterLowerBound(blocks.shared, static_cast<int>(k), shared_parameters_[k].lower);
    problem.SetParameterUpperBound(blocks.shared, static_cast<int>(k), shared_parameters_[k].upper);
  }
  return residuals;
}

JointOptimum JointProblem::minimise(JointOptimum at, std::optional<std::size_t> held, double value) const {
  if (held) at.shared[*held] = value;
  const Blocks blocks(at);
  ceres::Problem problem;
  auto ordering = std::make_unique<ceres::ParameterBlockOrdering>();
  const int residuals = add_regions(problem, *ordering, blocks);
  const bool is_constant = held && shared_.size() == 1;
  if (is_constant)
    problem.SetParameterBlockConstant(blocks.shared);
  else if (held)
    problem.SetManifold(blocks.shared,
                        new ceres::SubsetManifold(static_cast<int>(shared_.size()), {static_cast<int>(*held)}));
  ceres::Solver::Options options = solver_options(Effort::to_the_end);
  // The regions' own parameters are eliminated first: what remains is as small as the shared ones.
  options.linear_solver_type = is_constant ? ceres::SPARSE_NORMAL_CHOLESKY : ceres::DENSE_SCHUR;
  if (!is_constant) options.linear_solver_ordering.reset(ordering.release());
  options.function_tolerance = 1e-12;
  ceres::Solver::Summary summary;
  ceres::Solve(options, &problem, &summary);
  blocks.copy_to(at);
  at.converged = summary.termination_type == ceres::CONVERGENCE;
  at.cost = summary.IsSolutionUsable() ? 2.0 * summary.final_cost : std::numeric_limits<double>::infinity();
  at.degrees_of_freedom = std::max(1, residuals - static_cast<int>(blocks.values.size()));
  return at;
}

JointErrors JointProblem::errors(const JointOptimum& optimum) const {
  const auto q = static_cast<Eigen::Index>(shared_.size());
  JointErrors errors;
  for (std::size_t k = 0; k < shared_.size(); ++k)
    errors.shared_at_bound.push_back(is_at_bound(optimum.shared[k], shared_parameters_[k]));
  Eigen::MatrixXd information = Eigen::MatrixXd::Zero(q, q);
  std::vector<Eigen::MatrixXd> inverse_own, mixed;
  for (std::size_t r = 0; r < regions_.size(); ++r) {
    const Region& region = regions_[r];
    const auto n = static_cast<Eigen::Index>(region.used.index.size());
    const auto m = static_cast<Eigen::Index>(region.own.size());
    std::vector<double> residuals(region.used.index.size());
    RowMajor own(n, m), shared(n, q);
    const double* blocks[] = {optimum.own[r].data(), optimum.shared.data()};
    double* jacobians[] = {own.data(), shared.data()};
    Residuals(*this, region).Evaluate(blocks, residuals.data(), jacobians);
    errors.own_at_bound.emplace_back();
    for (Eigen::Index j = 0; j < m; ++j) {
      const auto index = static_cast<std::size_t>(j);
      errors.own_at_bound.back().push_back(is_at_bound(optimum.own[r][index], region.parameters[region.own[index]]));
      if (errors.own_at_bound.back().back()) own.col(j).setZero();
    }
    Eigen::MatrixXd a = own.transpose() * own;
    for (Eigen::Index j = 0; j < m; ++j)
      if (!(a(j, j) > 0.0)) a(j, j) = 1.0;
    const Eigen::MatrixXd inverse = a.inverse();
    mixed.push_back(own.transpose() * shared);
    // A region that does not determine its own parameters says nothing of the shared ones.
    if (inverse.allFinite())
      information += shared.transpose() * shared - mixed.back().transpose() * inverse * mixed.back();
    inverse_own.push_back(inverse.allFinite() ? inverse : Eigen::MatrixXd::Constant(m, m, not_available));
  }
  const double variance = optimum.cost / optimum.degrees_of_freedom;
  // What is at a bound is as good as held for the others.
  for (Eigen::Index k = 0; k < q; ++k) {
    const auto index = static_cast<std::size_t>(k);
    errors.shared_determined.push_back(errors.shared_at_bound[index] || information(k, k) > 0.0);
    if (!errors.shared_at_bound[index] && errors.shared_determined[index]) continue;
    information.row(k).setZero();
    information.col(k).setZero();
    information(k, k) = 1.0;
  }
  errors.shared = variance * information.inverse();
  for (Eigen::Index k = 0; k < q; ++k) {
    const auto index = static_cast<std::size_t>(k);
    if (!errors.shared_at_bound[index] && errors.shared_determined[index]) continue;
    errors.shared.row(k).setZero();
    errors.shared.col(k).setZero();
  }
  for (std::size_t r = 0; r < regions_.size(); ++r) {
    const Eigen::Index m = inverse_own[r].rows();
    const Eigen::MatrixXd response = -inverse_own[r] * mixed[r];
    Eigen::MatrixXd all(m + q, m + q);
    all.topLeftCorner(m, m) = variance * inverse_own[r] + response * errors.shared * response.transpose();
    all.topRightCorner(m, q) = response * errors.shared;
    all.bottomLeftCorner(q, m) = all.topRightCorner(m, q).transpose();
    all.bottomRightCorner(q, q) = errors.shared;
    for (Eigen::Index j = 0; j < m; ++j)
      if (errors.own_at_bound[r][static_cast<std::size_t>(j)]) {
        all.row(j).setConstant(not_available);
        all.col(j).setConstant(not_available);
      }
    for (Eigen::Index k = 0; k < q; ++k)
      if (errors.shared_at_bound[static_cast<std::size_t>(k)] ||
          !errors.shared_determined[static_cast<std::size_t>(k)]) {
        all.row(m + k).setConstant(not_available);
        all.col(m + k).setConstant(not_available);
      }
    errors.region.push_back(std::move(all));
  }
  return errors;
}

Solution JointProblem::solution(const JointOptimum& optimum, std::size_t r) const {
  const Region& region = regions_[r];
  Solution solution;
  solution.parameters = all_parameters(region, optimum.own[r].data(), optimum.shared.data());
  const std::size_t p = solution.parameters.size();
  solution.converged = optimum.converged;
  solution.determined.assign(p, true);
  solution.at_bound.assign(p, false);
  std::vector<std::size_t> place = region.own;
  place.insert(place.end(), shared_.begin(), shared_.end());
  for (std::size_t j = 0; j < region.own.size(); ++j) {
    const auto at = static_cast<Eigen::Index>(j);
    solution.at_bound[region.own[j]] = errors_.own_at_bound[r][j];
    solution.determined[region.own[j]] = errors_.own_at_bound[r][j] || !std::isnan(errors_.region[r](at, at));
  }
  for (std::size_t k = 0; k < shared_.size(); ++k) {
    solution.at_bound[shared_[k]] = errors_.shared_at_bound[k];
    solution.determined[shared_[k]] = errors_.shared_determined[k];
  }
  solution.covariance.assign(p * p, 0.0);
  for (std::size_t a = 0; a < place.size(); ++a)
    for (std::size_t b = 0; b < place.size(); ++b)
      solution.covariance[place[a] * p + place[b]] =
          errors_.region[r](static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b));
  solution.predicted.resize(region.data->target.frames.size());
  model_.predict(solution.parameters, input_, solution.predicted, {});
  for (std::size_t i = 0; i < region.used.index.size(); ++i) {
    const std::size_t f = region.used.index[i];
    solution.weighted_rss +=
        region.used.weight[i] * std::pow(region.data->target.activity[f] - solution.predicted[f], 2);
  }
  return solution;
}

}  // namespace pet::detail
