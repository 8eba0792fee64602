// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/change.h"

#include <cmath>

namespace pet {

Change change_of_binding(const Binding& first,
                         const Binding& second,
                         double level,
                         const CommonError& common,
                         const std::optional<VariancePart>& test_retest) {
  const Occupancy lost = occupancy_from_binding(first, second, level, common);
  Change change{-lost.value,   lost.standard_error, {-lost.interval.upper, -lost.interval.lower},
                not_available, lost.status,         {}};
  for (const std::string& flag : lost.flags) {
    if (flag == "occupancy_unbounded") change.flags.push_back("change_unbounded");
    if (!flag.starts_with("occupancy")) change.flags.push_back(flag);
  }
  if (std::isnan(change.value)) return change;
  if (!test_retest) {
    change.flags.push_back("no_test_retest");
    return change;
  }
  change.detectable =
      student_factor(level, test_retest->degrees_of_freedom) * std::sqrt(2.0 * test_retest->variance) / first.value;
  if (std::abs(change.value) < change.detectable) change.flags.push_back("below_detectable_change");
  return change;
}

}  // namespace pet
