// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace pet::detail {

/// The optimum under the constraint that a quantity has (nearly) some value.
struct ProfilePoint {
  double value;                ///< that the quantity has there
  double distance;             ///< sqrt((RSS - RSS of the fit) / s^2)
  std::vector<double> at;      ///< parameters
  bool is_held_by_zero_bound;  ///< of the bounds that are reached, all are lower bounds of at least 0
};

/// The optimum near `value`, from a start; nothing where the optimiser fails.
using ConstrainedOptimum = std::function<std::optional<ProfilePoint>(double value, std::span<const double> start)>;

/// Where the distance reaches `limit` on one side (-1 below, 1 above) of the estimate; infinite where it never does.
/// `step` is a first guess of how far that is.
double profile_bound(const ConstrainedOptimum& optimum,
                     double estimate,
                     std::span<const double> at,
                     double step,
                     double limit,
                     int side);

}  // namespace pet::detail
