// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstddef>

namespace pet::detail {

/// Sizes of containers as Eigen counts, which has signs.
inline Eigen::Index as_index(std::size_t i) {
  return static_cast<Eigen::Index>(i);
}

}  // namespace pet::detail
