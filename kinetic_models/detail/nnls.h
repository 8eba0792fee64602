// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <vector>

namespace pet::detail {

/// Minimises |A x - b|^2 over x >= 0 by the active-set method of Lawson CL, Hanson RJ. Solving Least Squares Problems.
/// Prentice-Hall 1974, chapter 23. At the result the gradient A'(b - A x) is zero where x > 0 and not positive where
/// x = 0, up to rounding. Columns that depend on each other do no harm: one of them stays at 0.
Eigen::VectorXd non_negative_least_squares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b);

}  // namespace pet::detail
