// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>

namespace pet::detail {

/// Rows one after the other, as Ceres and the rows of covariances have them.
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

}  // namespace pet::detail
