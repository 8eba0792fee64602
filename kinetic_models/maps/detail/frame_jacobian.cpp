// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/frame_jacobian.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>

namespace pet::detail {

Eigen::MatrixXd FrameJacobian::inverse_normal() const {
  const Eigen::MatrixXd normal = columns.transpose() * columns;
  const Eigen::LLT<Eigen::MatrixXd> factors(normal);
  if (factors.info() != Eigen::Success) return {};
  return factors.solve(Eigen::MatrixXd::Identity(normal.rows(), normal.cols()));
}

Eigen::MatrixXd sandwich(const FrameJacobian& fit, const Eigen::VectorXd& relative, double rss) {
  const Eigen::MatrixXd inverse = fit.inverse_normal();
  if (inverse.size() == 0) return {};
  const Eigen::MatrixXd middle = fit.columns.transpose() * relative.asDiagonal() * fit.columns;
  const Eigen::MatrixXd outer = inverse * middle;
  const double freedom = relative.sum() - outer.trace();
  if (!(freedom > 0.0)) return {};
  return rss / freedom * outer * inverse;
}

ResidualPool::ResidualPool(std::size_t frames)
    : squares_(Eigen::VectorXd::Zero(static_cast<Eigen::Index>(frames))),
      reach_(Eigen::MatrixXd::Zero(squares_.size(), squares_.size())) {}

void ResidualPool::add(const FrameJacobian& fit, const Eigen::VectorXd& residual) {
  const Eigen::MatrixXd inverse = fit.inverse_normal();
  const Eigen::Index frames = residual.size();
  if (frames <= fit.columns.cols()) return;
  const double variance = residual.squaredNorm() / static_cast<double>(frames - fit.columns.cols());
  if (inverse.size() == 0 || !(variance > 0.0)) return;
  const Eigen::MatrixXd rest =
      Eigen::MatrixXd::Identity(frames, frames) - fit.columns * inverse * fit.columns.transpose();
  const Eigen::VectorXd squares = residual.cwiseAbs2() / variance;
  squares_ += squares;
  reach_ += rest.cwiseAbs2();
  constexpr double least_rest = 0.05;  // a frame that the fit goes through has no residual to speak of
  fitted_.push_back(fit.curve);
  square_.push_back(squares.cwiseQuotient(rest.diagonal().cwiseMax(least_rest)));
}

void ResidualPool::add(const ResidualPool& other) {
  squares_ += other.squares_;
  reach_ += other.reach_;
  fitted_.insert(fitted_.end(), other.fitted_.begin(), other.fitted_.end());
  square_.insert(square_.end(), other.square_.begin(), other.square_.end());
}

Eigen::VectorXd ResidualPool::relative_variance() const {
  const Eigen::VectorXd variance = reach_.colPivHouseholderQr().solve(squares_).cwiseMax(0.0);
  return variance / variance.mean();
}

Eigen::VectorXd ResidualPool::mean_curve() const {
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(squares_.size());
  for (const Eigen::VectorXd& curve : fitted_)
    if (curve.mean() > 0.0) mean += curve / curve.mean();
  return mean / static_cast<double>(voxels());
}

double ResidualPool::following(const Eigen::VectorXd& relative_variance, const Eigen::VectorXd& mean_curve) const {
  constexpr double least = 1e-2;  // of the mean variance: frames without noise say nothing
  double with_level = 0.0;
  double of_level = 0.0;
  for (std::size_t v = 0; v < voxels(); ++v) {
    const Eigen::VectorXd level = own_level(fitted_[v], mean_curve);
    for (Eigen::Index f = 0; f < level.size(); ++f) {
      if (relative_variance[f] < least) continue;
      with_level += level[f] * (square_[v][f] / relative_variance[f] - 1.0);
      of_level += level[f] * level[f];
    }
  }
  return of_level > 0.0 ? std::clamp(with_level / of_level, 0.0, 1.0) : 0.0;
}

Eigen::VectorXd own_level(const Eigen::VectorXd& curve, const Eigen::VectorXd& mean_curve) {
  constexpr double next_to_nothing = 1e-2;  // of the mean curve's largest value
  constexpr double highest = 4.0;
  const double least = next_to_nothing * mean_curve.maxCoeff();
  Eigen::VectorXd level = Eigen::VectorXd::Zero(curve.size());
  double sum = 0.0;
  double count = 0.0;
  for (Eigen::Index f = 0; f < curve.size(); ++f) {
    if (!(mean_curve[f] > least)) continue;
    level[f] = std::max(curve[f], 0.0) / mean_curve[f];
    sum += level[f];
    count += 1.0;
  }
  if (!(sum > 0.0)) return Eigen::VectorXd::Zero(curve.size());
  for (Eigen::Index f = 0; f < curve.size(); ++f)
    level[f] = mean_curve[f] > least ? std::min(level[f] * count / sum, highest) - 1.0 : 0.0;
  return level;
}

OwnNoise::OwnNoise(const FrameNoise& noise, const FramesUsed& used)
    : variance_(static_cast<Eigen::Index>(used.index.size())),
      mean_curve_(variance_.size()),
      following_(noise.following) {
  for (std::size_t r = 0; r < used.index.size(); ++r) {
    variance_[static_cast<Eigen::Index>(r)] = used.weight[r] * noise.variance[used.index[r]];
    mean_curve_[static_cast<Eigen::Index>(r)] = std::sqrt(used.weight[r]) * noise.mean_curve[used.index[r]];
  }
}

Eigen::VectorXd OwnNoise::relative_variance(const Eigen::VectorXd& curve) const {
  return variance_.cwiseProduct((Eigen::VectorXd::Ones(curve.size()) + following_ * own_level(curve, mean_curve_)));
}

}  // namespace pet::detail
