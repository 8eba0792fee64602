// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace pet::detail {

/// The optimum under the constraint that a quantity has (nearly) some value.
struct ProfilePoint {
  double value;                     ///< that the quantity has there
  double distance;                  ///< sqrt((RSS - RSS of the fit) / s^2)
  std::vector<double> at;           ///< parameters
  bool is_stopped_by_zero = false;  ///< a rate or volume has reached its bound of zero
  bool is_stopped_below = false;    ///< a bound that is none of nature's keeps the quantity from being smaller
  bool is_stopped_above = false;    ///< the same for larger
};

/// The optimum near `value`, from a start; nothing where the optimiser fails.
using ConstrainedOptimum = std::function<std::optional<ProfilePoint>(double value, std::span<const double> start)>;

/// Where the distance reaches `limit` on one side (-1 below, 1 above) of the estimate; infinite where it never does, or
/// only because a bound of a parameter that was chosen, not given by nature, stands in the way.
/// `step` is a first guess of how far that is.
double profile_bound(const ConstrainedOptimum& optimum,
                     double estimate,
                     std::span<const double> at,
                     double step,
                     double limit,
                     int side);

}  // namespace pet::detail
