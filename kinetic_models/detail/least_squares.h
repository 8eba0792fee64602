// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
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

/// The optimum of a nonlinear least-squares problem. Held parameters are there with the value at which they were held.
struct Solution {
  std::vector<double> parameters;
  std::vector<double> covariance;  ///< row-major; NaN where at a bound or not determined, 0 where held
  std::vector<bool> at_bound;
  std::vector<bool> determined;
  std::vector<double> predicted;  ///< all frames
  double weighted_rss = 0.0;
  bool converged = false;
};

/// Minimises sum w (C - predicted)^2 over the frames used and the parameters that are not held, by Levenberg-Marquardt
/// within bounds (Ceres Solver) from each of `starts`, from the start that overridden bounds give, and from
/// options.starts - 1 seeded random points, log-uniform between positive bounds; of several starts the best after a few
/// steps is followed to its end. The covariance is s^2 (J'WJ)^-1 with s^2 = RSS / (N - p), over the parameters that are
/// free at the optimum; a direction whose scaled singular value is below 1e-7 of the largest is not determined. Robust
/// losses are iteratively reweighted with the scale 1.4826 MAD (Huber 1.345, Cauchy 2.385 of it) and have the
/// covariance of an M-estimator. Where no start can be evaluated the solution has no parameters.
Solution least_squares(std::span<const Parameter> parameters,
                       const Prediction& prediction,
                       const TimeActivityCurve& target,
                       const FramesUsed& used,
                       const FitOptions& options,
                       std::vector<std::vector<double>> starts);

/// The parameters as the options want them: bounds and starts overridden, held or fitted. Throws UsageError for a
/// symbol that the model does not have, and for bounds of a parameter that is held.
std::vector<Parameter> with_bounds(std::span<const Parameter> parameters, const FitOptions& options);

/// How many of the parameters are fitted.
std::size_t count_fitted(std::span<const Parameter> parameters);

/// Fits a nonlinear model to the frames that the options leave, from `starts` (all parameters each), and derives its
/// quantities.
Fit fit_nonlinear(const Model& model,
                  const TimeActivityCurve& target,
                  const ScanInput& input,
                  const FitOptions& options,
                  std::vector<std::vector<double>> starts);

/// The quantities of a model at a solution, with standard errors by propagation of its covariance; where the solution
/// has no parameters a failed fit (flag optimiser_failed).
Fit as_fit(const Model& model,
           std::span<const Parameter> parameters,
           const Solution& solution,
           const FramesUsed& used,
           const FitOptions& options);

/// One quantity of a model with its gradient by all parameters (empty: not wanted).
using QuantityFunction = std::function<double(std::span<const double> parameters, std::span<double> gradient)>;

/// Fits of a nonlinear model under the constraint that a quantity has some value, for profiles.
class ConstrainedFit {
 public:
  ConstrainedFit(const Model& model,
                 const TimeActivityCurve& target,
                 const ScanInput& input,
                 const FitOptions& options);
  /// Of any prediction; `target` must outlive it.
  ConstrainedFit(std::vector<Parameter> parameters,
                 Prediction prediction,
                 const TimeActivityCurve& target,
                 FramesUsed used);

  struct Optimum {
    std::vector<double> parameters;
    double weighted_rss;  ///< without the constraint
  };
  /// Minimises RSS + s^2 pull (quantity - value)^2 within the bounds, s^2 being the RSS at the start a degree of
  /// freedom. Nothing where the optimiser fails.
  std::optional<Optimum> minimise(const QuantityFunction& quantity,
                                  double value,
                                  double pull,
                                  std::span<const double> start) const;

 private:
  const TimeActivityCurve& target_;
  std::vector<Parameter> parameters_;
  FramesUsed used_;
  Prediction prediction_;
};

}  // namespace pet::detail
