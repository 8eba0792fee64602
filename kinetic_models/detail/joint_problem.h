// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ceres/ordered_groups.h>
#include <ceres/problem.h>

#include <Eigen/Core>
#include <limits>
#include <optional>
#include <vector>

#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/shared_fit.h"

namespace pet::detail {

/// Where a joint fit stands: the shared parameters, and each region's own.
struct JointOptimum {
  std::vector<double> shared;
  std::vector<std::vector<double>> own;
  double cost = std::numeric_limits<double>::infinity();  ///< sum over regions of RSS over residual variance
  int degrees_of_freedom = 0;
  bool converged = false;
};

/// Covariances of a joint fit, by Schur complements.
struct JointErrors {
  Eigen::MatrixXd shared;
  std::vector<Eigen::MatrixXd> region;  ///< of (own, shared) parameters of a region; NaN rows: not determined
  std::vector<std::vector<bool>> own_at_bound;
  std::vector<bool> shared_at_bound;
  std::vector<bool> shared_determined;

  /// NaN for one at a bound or not determined.
  double shared_error(std::size_t k) const {
    const auto i = static_cast<Eigen::Index>(k);
    return shared_at_bound[k] || !shared_determined[k] ? not_available : std::sqrt(shared(i, i));
  }
};

/// One model, several regions, some parameters in common.
class JointProblem {
 public:
  /// `shared`: indices into the model's parameters. The options give bounds.
  JointProblem(const Model& model, const ScanInput& input, std::vector<std::size_t> shared, const FitOptions& options);

  /// `alone` is the region's fit with the shared parameters free. The data must outlive the problem.
  void add_region(const RegionData& region, const Fit& alone);

  const Parameter& shared_parameter(std::size_t k) const { return shared_parameters_[k]; }
  bool is_shared(std::string_view symbol) const;
  const FramesUsed& frames_used(std::size_t region) const { return regions_[region].used; }

  JointOptimum start(const std::vector<double>& shared) const;
  /// From a start to the optimum; with `held` that shared parameter keeps `value`.
  JointOptimum minimise(JointOptimum from, std::optional<std::size_t> held = {}, double value = 0.0) const;

  JointErrors errors(const JointOptimum& optimum) const;
  void set_errors(JointErrors errors) { errors_ = std::move(errors); }
  /// All parameters of the model for one region, with covariance.
  Solution solution(const JointOptimum& optimum, std::size_t region) const;

 private:
  struct Region {
    const RegionData* data;
    FramesUsed used;
    std::vector<Parameter> parameters;
    std::vector<std::size_t> own;  // indices of the parameters that are its own
    std::vector<double> start;     // of these
    double variance;
  };
  class Residuals;
  struct Blocks;

  int add_regions(ceres::Problem& problem, ceres::ParameterBlockOrdering& ordering, const Blocks& blocks) const;

  std::vector<double> all_parameters(const Region& region, const double* own, const double* shared) const;

  const Model& model_;
  ScanInput input_;
  std::vector<std::size_t> shared_;
  std::vector<Parameter> shared_parameters_;
  std::vector<Region> regions_;
  JointErrors errors_;
};

}  // namespace pet::detail
