// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kinetic_models/intervals.h"

namespace pet::detail {

/// Sets the bounds of every estimate to percentiles of refits; see add_intervals.
void add_bootstrap(const Model& model,
                   const TimeActivityCurve& target,
                   const ScanInput& input,
                   const FitOptions& options,
                   const IntervalOptions& intervals,
                   Fit& fit);

/// The percentile of sorted values by linear interpolation, fraction from 0 to 1.
double percentile(const std::vector<double>& sorted, double fraction);

}  // namespace pet::detail
