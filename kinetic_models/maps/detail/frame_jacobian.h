// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/maps/frame_noise.h"

namespace pet::detail {

/// A fitted curve and its derivatives by the free parameters, in the frames used and times the roots of their weights.
struct FrameJacobian {
  Eigen::VectorXd curve;
  Eigen::MatrixXd columns;  ///< frames x free parameters

  /// (J'J)^-1; empty where it has none.
  Eigen::MatrixXd inverse_normal() const;
};

/// The covariance of a least-squares fit whose weights are not the inverse variances, s^2 A J'D J A with A = (J'J)^-1
/// and D = `relative`, the variance of each weighted residual but for a factor s^2. That is what the residuals give it,
/// RSS / tr((I - J A J') D). White H. Econometrica 1980;48:817-838 (there with squared residuals in place of s^2 D).
/// Empty where J'J has no inverse.
Eigen::MatrixXd sandwich(const FrameJacobian& fit, const Eigen::VectorXd& relative, double rss);

/// What the residuals of many fits tell about the variances of the frames.
class ResidualPool {
 public:
  explicit ResidualPool(std::size_t frames);

  /// `residual` are the weighted residuals of a fit in the frames used.
  void add(const FrameJacobian& fit, const Eigen::VectorXd& residual);
  void add(const ResidualPool& other);

  std::size_t voxels() const { return fitted_.size(); }
  /// The variances of the weighted residuals' frames, as multiples of the mean: those with which the squared residuals,
  /// each over the residual variance of its voxel, have the mean that was found. A residual is (I - H) x noise, H the
  /// hat matrix, so that its mean square is a combination of the variances of all frames.
  Eigen::VectorXd relative_variance() const;
  /// The mean of the fitted curves, each over its own mean; weighted.
  Eigen::VectorXd mean_curve() const;
  /// How far the variance of a frame follows the voxel's own curve: the slope of its squared residuals, over their mean
  /// in all voxels, on `own_level` of its curve; from 0, not at all, to 1, in proportion.
  double following(const Eigen::VectorXd& relative_variance, const Eigen::VectorXd& mean_curve) const;

 private:
  Eigen::VectorXd squares_;
  Eigen::MatrixXd reach_;                // sum of the squared elements of I - H
  std::vector<Eigen::VectorXd> fitted_;  // the curve of each voxel
  std::vector<Eigen::VectorXd> square_;  // squared residuals over s^2 (1 - leverage)
};

/// What a voxel's curve is of the mean curve in each frame, over the mean of these, less 1: 0 where it has the same
/// shape, or where the mean curve has next to nothing.
Eigen::VectorXd own_level(const Eigen::VectorXd& curve, const Eigen::VectorXd& mean_curve);

/// The noise of the frames as a fit with other weights sees it.
class OwnNoise {
 public:
  OwnNoise(const FrameNoise& noise, const FramesUsed& used);
  /// The variances of the weighted residuals of a voxel with that (weighted) curve, but for a common factor.
  Eigen::VectorXd relative_variance(const Eigen::VectorXd& curve) const;

 private:
  Eigen::VectorXd variance_;
  Eigen::VectorXd mean_curve_;
  double following_;
};

}  // namespace pet::detail
