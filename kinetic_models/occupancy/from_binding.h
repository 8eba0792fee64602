// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kinetic_models/fit.h"
#include "kinetic_models/occupancy/interval.h"

namespace pet {

/// A binding measure (BPND, or VT less VND) of one region in one scan, with its standard error.
struct Binding {
  double value = not_available;
  double standard_error = not_available;
};

/// The fraction of the binding at baseline that is gone after the drug.
struct Occupancy {
  double value = not_available;
  double standard_error = not_available;
  Interval interval;
  FitStatus status = FitStatus::failed;
  std::vector<std::string> flags;
};

/// Occupancy 1 - drug / baseline of independent scans. The standard error is the delta method's,
/// (drug / baseline) sqrt((s_b / baseline)^2 + (s_d / drug)^2), the interval Fieller's at `level` with normal
/// quantiles: it is skewed where the baseline is uncertain, and unbounded (status unidentifiable, flag
/// occupancy_unbounded) where the baseline does not differ from zero. A baseline at or below zero has no occupancy
/// (status unidentifiable, flag no_baseline_binding). Without standard errors there is no interval (flag
/// no_standard_error).
Occupancy occupancy_from_binding(const Binding& baseline, const Binding& drug, double level = 0.95);

/// Occupancy (VT_baseline - VT_drug) / (VT_baseline - VND), 1 less the ratio of the volumes above VND. The standard
/// error of VND, common to both, is carried (none: VND is exact).
Occupancy occupancy_from_volumes(const Binding& VT_baseline,
                                 const Binding& VT_drug,
                                 const Binding& VND,
                                 double level = 0.95);

}  // namespace pet
