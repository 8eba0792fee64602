// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "kinetic_models/model.h"
#include "kinetic_models/occupancy/interval.h"

namespace pet::detail {

/// Weighted residuals and, unless that span is empty, their row-major Jacobian by all parameters. A residual that is
/// not finite says that there is no prediction at these parameters.
using ResidualFunction =
    std::function<void(std::span<const double> parameters, std::span<double> residuals, std::span<double> jacobian)>;

/// A nonlinear least-squares problem of a few parameters within bounds, some of them held.
struct Regression {
  std::vector<Parameter> parameters;
  std::size_t observations = 0;
  ResidualFunction residuals;

  std::size_t fitted() const;  ///< how many parameters are not held
};

struct RegressionOptimum {
  std::vector<double> parameters;  ///< all, the held ones too; empty: the optimiser failed
  double rss = 0.0;
  bool converged = false;
};

/// Levenberg-Marquardt (Ceres Solver) from the best of the starts; several starts are first compared after a few steps.
RegressionOptimum minimise(const Regression& problem, const std::vector<std::vector<double>>& starts);

/// (J'J)^-1 at the optimum, row-major over all parameters: 0 for what is held, NaN for what is at a bound or not
/// determined (a scaled singular value below 1e-7 of the largest).
std::vector<double> inverse_information(const Regression& problem, const RegressionOptimum& optimum);

/// All values of one parameter whose smallest RSS over the others is at most `limit`, from the optimum outwards; `step`
/// is a first guess of how far that is. A side on which the limit is not reached before the parameter's bound is
/// infinite, or, where `ends_at_bound`, the bound.
Interval profile(const Regression& problem,
                 const RegressionOptimum& optimum,
                 std::size_t parameter,
                 double step,
                 double limit,
                 bool ends_at_bound = false);

/// The smallest RSS with one parameter held at a value, from a start; nothing where there is no prediction.
std::optional<RegressionOptimum> constrained(const Regression& problem,
                                             const std::vector<double>& start,
                                             std::size_t parameter,
                                             double value);

}  // namespace pet::detail
