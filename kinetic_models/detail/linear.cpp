// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/linear.h"

#include <Eigen/QR>

namespace pet::detail {

LinearSolution weighted_least_squares(std::span<const std::vector<double>> columns,
                                      std::span<const double> y,
                                      std::span<const double> weights) {
  const auto n = static_cast<Eigen::Index>(y.size());
  const auto p = static_cast<Eigen::Index>(columns.size());
  Eigen::MatrixXd x(n, p);
  Eigen::VectorXd b(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double root = std::sqrt(weights[static_cast<std::size_t>(i)]);
    b[i] = root * y[static_cast<std::size_t>(i)];
    for (Eigen::Index j = 0; j < p; ++j)
      x(i, j) = root * columns[static_cast<std::size_t>(j)][static_cast<std::size_t>(i)];
  }
  Eigen::VectorXd norm = x.colwise().norm();
  for (Eigen::Index j = 0; j < p; ++j)
    if (norm[j] > 0.0)
      x.col(j) /= norm[j];
    else
      norm[j] = 1.0;

  Eigen::ColPivHouseholderQR<Eigen::MatrixXd> qr(x);
  qr.setThreshold(1e-10);
  LinearSolution solution;
  solution.is_determined = qr.rank() == p;
  const Eigen::VectorXd scaled = qr.solve(b);
  solution.weighted_rss = (b - x * scaled).squaredNorm();
  for (Eigen::Index j = 0; j < p; ++j) solution.coefficients.push_back(scaled[j] / norm[j]);

  solution.covariance.assign(static_cast<std::size_t>(p * p), not_available);
  if (!solution.is_determined || n <= p) return solution;
  // (X'X)^-1 = P R^-1 R^-T P'.
  const Eigen::MatrixXd r_inverse =
      qr.matrixR().topLeftCorner(p, p).triangularView<Eigen::Upper>().solve(Eigen::MatrixXd::Identity(p, p));
  const Eigen::MatrixXd permuted = qr.colsPermutation() * r_inverse;
  const Eigen::MatrixXd inverse = permuted * permuted.transpose();
  const double variance = solution.weighted_rss / static_cast<double>(n - p);
  for (Eigen::Index a = 0; a < p; ++a)
    for (Eigen::Index c = 0; c < p; ++c)
      solution.covariance[static_cast<std::size_t>(a * p + c)] = variance * inverse(a, c) / (norm[a] * norm[c]);
  return solution;
}

std::vector<double> at_frames(const std::vector<double>& all, const FramesUsed& used) {
  std::vector<double> some;
  for (const std::size_t i : used.index) some.push_back(all[i]);
  return some;
}

std::vector<double> combination(std::span<const std::vector<double>> columns, std::span<const double> coefficients) {
  std::vector<double> sum(columns.front().size(), 0.0);
  for (std::size_t c = 0; c < columns.size(); ++c)
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += coefficients[c] * columns[c][i];
  return sum;
}

}  // namespace pet::detail
