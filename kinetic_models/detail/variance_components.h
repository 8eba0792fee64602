// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <vector>

// Observations y = X b + noise, independent between blocks, of the variance sum_k v_k G_k in a block.
namespace pet::detail {

/// One block: W, the inverse of its variance; its rows of X; G_k. An empty G_k is of a variance that is not estimated.
struct VarianceBlock {
  Eigen::MatrixXd inverse;
  Eigen::MatrixXd design;
  std::vector<Eigen::MatrixXd> structures;
};

/// With C = (X' W X)^-1 and P = W - W X C X' W.
struct VarianceInformation {
  Eigen::VectorXd traces;                ///< tr P G_k
  Eigen::MatrixXd information;           ///< of restricted likelihood about the variances, tr(P G_k P G_l) / 2
  std::vector<Eigen::MatrixXd> changes;  ///< d C / d v_k = C X' W G_k W X C
};

/// `covariance` is C. Searle SR, Casella G, McCulloch CE. Variance Components. Wiley 1992, section 6.6 (from memory).
VarianceInformation variance_information(const std::vector<VarianceBlock>& blocks, const Eigen::MatrixXd& covariance);

/// Degrees of freedom of an estimated variance V of an effect, 2 V^2 / (s' I^-1 s), s being d V / d v_k and I the
/// information about v; those of `is_free` only. At least 1, infinite where nothing is estimated. Fai AH-T, Cornelius
/// PL. J Stat Comput Simul 1996;54:363-378.
double satterthwaite_freedom(const VarianceInformation& of,
                             const std::vector<bool>& is_free,
                             Eigen::Index effect,
                             double variance);

}  // namespace pet::detail
