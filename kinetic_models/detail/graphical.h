// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <vector>

#include "kinetic_models/detail/linear.h"

namespace pet::detail {

/// The points of a graphical analysis and the straight line through them.
struct GraphicalPlot {
  FramesUsed used;          ///< frames that have a point: those where the tissue curve is not zero
  LinearSolution line;      ///< coefficients: one a numerator (the slope), then the intercept
  std::size_t skipped = 0;  ///< frames from t* on without a point
};

/// Regression of numerator_y / C_T on every numerator_x / C_T and a constant, frame by frame, with the frame weights as
/// weights of the points. numerator_y is the running integral of the target; its noise and that of C_T are propagated
/// into the covariance.
GraphicalPlot graphical_plot(const std::vector<std::vector<double>>& numerators_x,
                             std::span<const double> numerator_y,
                             const TimeActivityCurve& target,
                             Sampling sampling,
                             const FitOptions& options,
                             const Model& model);

/// The tissue curve that the line stands for, (numerator_y - slope numerator_x) / intercept, at the frames used; NaN
/// elsewhere.
std::vector<double> curve_of_line(const GraphicalPlot& plot,
                                  const std::vector<std::vector<double>>& numerators_x,
                                  std::span<const double> numerator_y,
                                  std::size_t frames);

}  // namespace pet::detail
