// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "kinetic_models/fit.h"
#include "kinetic_models/occupancy/interval.h"

namespace pet {

/// A binding measure (BPND, or VT less VND) of one region in one scan, with its standard error.
struct Binding {
  double value = not_available;
  double standard_error = not_available;
  double degrees_of_freedom =
      std::numeric_limits<double>::infinity();  ///< of the standard error; infinite: it is known
};

/// What both bindings have besides their standard errors: an error whose size was estimated once for both scans, from
/// test-retest data. The errors themselves are independent.
struct CommonError {
  double baseline_variance = 0.0;
  double drug_variance = 0.0;
  double degrees_of_freedom = std::numeric_limits<double>::infinity();
  double share = 1.0;  ///< of the variances that counts; it is as uncertain as the whole
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
/// (drug / baseline) sqrt((s_b / baseline)^2 + (s_d / drug)^2), the interval Fieller's at `level` with
/// Student's t, whose degrees of freedom are those of the sum of the variances that the ratio has (satterthwaite). A
/// common error of which only a share counts is in them with the uncertainty of the whole, V^2 / (sum of V_i^2 / nu_i +
/// whole^2 / nu); this falls without limit where the share nears zero, so that there are never fewer than the least of
/// the parts. It is skewed where the baseline is uncertain, and unbounded (status unidentifiable, flag
/// occupancy_unbounded) where the baseline does not differ from zero. A baseline at or below zero has no occupancy
/// (status unidentifiable, flag no_baseline_binding). Without standard errors there is no interval (flag
/// no_standard_error).
Occupancy occupancy_from_binding(const Binding& baseline,
                                 const Binding& drug,
                                 double level = 0.95,
                                 const CommonError& common = {});

/// Occupancy (VT_baseline - VT_drug) / (VT_baseline - VND), 1 less the ratio of the volumes above VND. The standard
/// error of VND, common to both, is carried (none: VND is exact).
Occupancy occupancy_from_volumes(const Binding& VT_baseline,
                                 const Binding& VT_drug,
                                 const Binding& VND,
                                 double level = 0.95);

}  // namespace pet
