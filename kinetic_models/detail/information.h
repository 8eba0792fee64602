// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

namespace pet::detail {

/// variance x (J'J)^-1 of the free parameters, one a column of J, and which and how many of them the data determine.
struct InverseInformation {
  Eigen::MatrixXd matrix;
  std::vector<bool> is_determined;
  std::size_t rank = 0;  ///< directions that are determined
};

/// From the singular values of J with columns scaled to unit length: a direction whose singular value is below 1e-7 of
/// the largest is not determined, nor is a parameter with more than 1e-3 of itself in one, or whose column is zero.
InverseInformation inverse_information(const Eigen::MatrixXd& jacobian, double variance = 1.0);

}  // namespace pet::detail
