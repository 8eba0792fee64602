// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <span>
#include <vector>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/detail/statistics.h"
#include "kinetic_models/model.h"

namespace pet::detail {

/// A weighted linear regression y ~ sum of coefficient[c] x column[c].
struct LinearSolution {
  std::vector<double> coefficients;
  std::vector<double> covariance;  ///< row-major: s^2 (X'WX)^-1, s^2 = RSS / (N - p)
  double weighted_rss = 0.0;
  bool is_determined = false;  ///< false: the columns depend on each other
};

/// Minimises sum w (y - X b)^2 by QR with column pivoting of the weighted, column-scaled matrix. `columns` and `y` have
/// one value a weight. Columns are dependent where a pivot falls below 1e-10 of the largest.
LinearSolution weighted_least_squares(std::span<const std::vector<double>> columns,
                                      std::span<const double> y,
                                      std::span<const double> weights);

/// The values of `all` at the frames used.
std::vector<double> at_frames(const std::vector<double>& all, const FramesUsed& used);

/// Sum of coefficient x column over all frames.
std::vector<double> combination(std::span<const std::vector<double>> columns, std::span<const double> coefficients);

/// Replaces the covariance of a regression whose columns and left side share the noise of one measured curve. `error`
/// (rows of the regression x frames of the curve, row-major) is the derivative of each row's residual with respect to
/// the activity of each frame, at the solution; `frame_weights` are the inverse variances of the frames up to a common
/// factor. To first order the coefficients then scatter with s^2 H E S E' H', H = (X'WX)^-1 X'W, S = diag(1 / frame
/// weight), and s^2 = RSS / trace(E S E' (W - WXH)). The textbook covariance is the special case E = I, S = W^-1.
void propagate_frame_noise(LinearSolution& solution,
                           std::span<const std::vector<double>> columns,
                           std::span<const double> weights,
                           std::span<const double> error,
                           std::span<const double> frame_weights);

/// The error matrix of a multilinear method: the residual of frame i is C_i - b_once (integral of C)_i - b_twice
/// (double integral of C)_i - ..., so that its derivative is the identity less these times the sensitivities.
std::vector<double> multilinear_error(
    const TimeActivityCurve& target, Sampling sampling, const FramesUsed& used, double once, double twice = 0.0);

/// Inverse variances of all frames, used or not, from the options (1 where none are given).
std::vector<double> all_frame_weights(const TimeActivityCurve& target, const FitOptions& options);

/// Marks a fit whose estimates no tissue can have (a negative rate or volume): status unidentifiable, flag
/// not_physical.
void require_physical(Fit& fit, bool is_physical);

/// `curve` at the frames used, NaN elsewhere.
std::vector<double> only_frames_used(std::vector<double> curve, const FramesUsed& used);

/// The quantities of a linear model at its coefficients, with standard errors by propagation.
Fit as_fit(const Model& model, const LinearSolution& solution, const FramesUsed& used, const FitOptions& options);

}  // namespace pet::detail
