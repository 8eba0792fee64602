// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "kinetic_models/detail/least_squares.h"

namespace pet::detail {

/// Points (x, y) with weights (inverse variances up to a common factor).
struct WeightedPoints {
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> weight;
};

/// Points as the frames that the optimiser knows; only their number and their values matter to it. Weights are scaled
/// to a mean of 1.
struct PointsAsFrames {
  TimeActivityCurve curve;
  FramesUsed used;

  PointsAsFrames(std::vector<double> values, std::span<const double> weights);
};

/// y(x) at many points, with the row-major Jacobian (points x parameters) unless that span is empty.
using CurveFunction = std::function<void(
    std::span<const double> parameters, std::span<const double> x, std::span<double> y, std::span<double> jacobian)>;

/// The optimum, its `predicted` at the points, and how it compares with other curves through the same points.
struct CurveFit {
  Solution solution;  ///< without parameters where no start could be evaluated
  double aicc = not_available;
  int degrees_of_freedom = 0;
};

/// Fits a curve to points within the bounds of its parameters, as detail::least_squares does to frames: from the
/// `starts`, from the parameters' own, and from `random_starts` seeded points between the bounds. Weights are scaled to
/// a mean of 1. Points and weights are of one length; there must be at least as many as parameters that are not held.
CurveFit fit_curve(std::span<const Parameter> parameters,
                   const CurveFunction& function,
                   const WeightedPoints& points,
                   std::vector<std::vector<double>> starts = {},
                   int random_starts = 20,
                   std::uint64_t seed = 1);

}  // namespace pet::detail
