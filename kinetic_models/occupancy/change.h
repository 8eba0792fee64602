// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kinetic_models/occupancy/from_binding.h"

namespace pet {

/// How a measure of one region changed from one scan to the next, as a fraction of the first: what is reported where
/// nobody can speak of an occupancy (the drug does not compete with the tracer, or binds elsewhere).
struct Change {
  double value = not_available;  ///< second / first - 1
  double standard_error = not_available;
  Interval interval;
  double detectable = not_available;  ///< minimal detectable change
  FitStatus status = FitStatus::failed;
  std::vector<std::string> flags;
};

/// The change from `first` to `second`, with the delta method's standard error and Fieller's interval, as in
/// occupancy_from_binding. `test_retest` is the variance of `first` in one scan by test-retest data, with its degrees
/// of freedom. Two scans of a subject in whom nothing happens differ by less than
///
///   detectable = t sqrt(2 variance) / first
///
/// with a probability of `level`, t being Student's quantile (repeatability of Bland JM, Altman DG. Lancet
/// 1986;327:307-310; minimal detectable change of Weir JP. J Strength Cond Res 2005;19:231-240). A change within it has
/// the flag below_detectable_change, and there is none without test-retest data (flag no_test_retest). A first value at
/// or below zero has no change (status unidentifiable, flag no_baseline_binding).
Change change_of_binding(const Binding& first,
                         const Binding& second,
                         double level = 0.95,
                         const CommonError& common = {},
                         const std::optional<VariancePart>& test_retest = std::nullopt);

}  // namespace pet
