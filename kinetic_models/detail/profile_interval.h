// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>

#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/profile.h"
#include "kinetic_models/model.h"

namespace pet::detail {

/// Value and gradient of one quantity of a model.
struct Quantification {
  const Model& model;
  const FitOptions& options;
  std::size_t quantity;

  double operator()(std::span<const double> parameters, std::span<double> gradient) const;
};

/// The constrained optima of a profile for a pull, the weight of one residual more that draws the quantity to a value.
using PulledOptimum = std::function<ConstrainedOptimum(double pull)>;

/// Profiles of a nonlinear fit with its RSS and the variance of a residual of weight 1. The arguments must outlive it.
PulledOptimum pulled_optimum(const ConstrainedFit& constrained,
                             const Quantification& quantification,
                             std::span<const Parameter> parameters,
                             double weighted_rss,
                             double variance);

/// Sets both bounds of a quantity to where its profile reaches `factor` standard deviations: RSS - RSS of the fit =
/// factor^2 x variance. A quantity that does not vary has its estimate for both.
void set_profile_interval(const PulledOptimum& optimum, std::size_t quantity, double factor, Fit& fit);

/// Intervals without an end say that the data do not determine a quantity: flag <symbol>_unbounded, and status
/// unidentifiable where it is the first one.
void flag_unbounded(Fit& fit);

}  // namespace pet::detail
