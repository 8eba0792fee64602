// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/information.h"

#include <Eigen/SVD>
#include <cmath>

namespace pet::detail {

InverseInformation inverse_information(const Eigen::MatrixXd& jacobian, double variance) {
  constexpr double smallest_ratio = 1e-7;
  constexpr double share = 1e-3;  // of a parameter in a direction that is not determined
  const Eigen::Index all = jacobian.cols();
  InverseInformation result{Eigen::MatrixXd::Zero(all, all), std::vector<bool>(static_cast<std::size_t>(all), true)};
  std::vector<Eigen::Index> moving;
  std::vector<double> norm;
  for (Eigen::Index j = 0; j < all; ++j) {
    const double length = jacobian.col(j).norm();
    if (length > 0.0) {
      moving.push_back(j);
      norm.push_back(length);
    } else {
      result.is_determined[static_cast<std::size_t>(j)] = false;
    }
  }
  if (moving.empty()) return result;
  Eigen::MatrixXd scaled(jacobian.rows(), static_cast<Eigen::Index>(moving.size()));
  for (std::size_t c = 0; c < moving.size(); ++c)
    scaled.col(static_cast<Eigen::Index>(c)) = jacobian.col(moving[c]) / norm[c];
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(scaled, Eigen::ComputeThinU | Eigen::ComputeThinV);
  const Eigen::VectorXd& sigma = svd.singularValues();
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Zero(scaled.cols(), scaled.cols());
  for (Eigen::Index k = 0; k < sigma.size(); ++k) {
    const Eigen::VectorXd direction = svd.matrixV().col(k);
    if (sigma[k] > smallest_ratio * sigma[0]) {
      ++result.rank;
      inverse += direction * direction.transpose() / (sigma[k] * sigma[k]);
      continue;
    }
    for (std::size_t c = 0; c < moving.size(); ++c)
      if (std::abs(direction[static_cast<Eigen::Index>(c)]) > share)
        result.is_determined[static_cast<std::size_t>(moving[c])] = false;
  }
  for (std::size_t a = 0; a < moving.size(); ++a)
    for (std::size_t b = 0; b < moving.size(); ++b)
      result.matrix(moving[a], moving[b]) =
          variance * inverse(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) / (norm[a] * norm[b]);
  return result;
}

}  // namespace pet::detail
