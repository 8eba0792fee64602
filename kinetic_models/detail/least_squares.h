// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/model.h"

namespace pet::detail {

/// Predicts all frames from the parameters, with the row-major Jacobian (frames x parameters) unless that span is
/// empty.
using Prediction =
    std::function<void(std::span<const double> parameters, std::span<double> predicted, std::span<double> jacobian)>;

/// The optimum of a nonlinear least-squares problem.
struct Solution {
  std::vector<double> parameters;
  std::vector<double> covariance;  ///< row-major; rows of parameters that are at a bound or not determined are NaN
  std::vector<bool> at_bound;
  std::vector<bool> determined;
  std::vector<double> predicted;  ///< all frames
  double weighted_rss = 0.0;
  bool converged = false;
};

/// Minimises sum w (C - predicted)^2 over the frames used, by Levenberg-Marquardt within bounds (Ceres Solver) from
/// each of `starts`, from the start that overridden bounds give, and from options.starts - 1 seeded random points,
/// log-uniform between positive bounds. The covariance is s^2 (J'WJ)^-1 with s^2 = RSS / (N - p), over the parameters
/// that are free at the optimum; a direction whose scaled singular value is below 1e-7 of the largest is not
/// determined. Robust losses are iteratively reweighted with the scale 1.4826 MAD (Huber 1.345, Cauchy 2.385 of it) and
/// have the covariance of an M-estimator. Where no start can be evaluated the solution has no parameters.
Solution least_squares(std::span<const Parameter> parameters,
                       const Prediction& prediction,
                       const TimeActivityCurve& target,
                       const FramesUsed& used,
                       const FitOptions& options,
                       std::vector<std::vector<double>> starts);

/// The model's parameters with the overrides of the options. Throws UsageError for a symbol that the model does not
/// have.
std::vector<Parameter> with_bounds(std::span<const Parameter> parameters, const FitOptions& options);

/// Quantities from the parameters of a solution, with standard errors by propagation of its covariance. `derive` is
/// templated on the scalar: derive(p, out) fills one value a quantity.
template <std::size_t P, typename Derive>
Fit as_fit(std::span<const Parameter> parameters,
           std::span<const Quantity> quantities,
           const Solution& solution,
           const FramesUsed& used,
           const Derive& derive);

/// A failed fit (flag optimiser_failed) without estimates.
Fit without_solution(std::span<const Quantity> quantities, const FramesUsed& used);

/// The part of as_fit that does not depend on types.
Fit assemble_fit(std::span<const Parameter> parameters,
                 std::span<const Quantity> quantities,
                 const Solution& solution,
                 const FramesUsed& used,
                 std::span<const double> values,
                 std::span<const double> gradients);

template <std::size_t P, typename Derive>
Fit as_fit(std::span<const Parameter> parameters,
           std::span<const Quantity> quantities,
           const Solution& solution,
           const FramesUsed& used,
           const Derive& derive) {
  if (solution.parameters.empty()) return without_solution(quantities, used);
  std::vector<double> values(quantities.size());
  std::vector<double> gradients(quantities.size() * P);
  differentiate<P>(derive, solution.parameters, values, gradients);
  return assemble_fit(parameters, quantities, solution, used, values, gradients);
}

}  // namespace pet::detail
