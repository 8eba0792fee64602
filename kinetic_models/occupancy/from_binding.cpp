// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/from_binding.h"

#include <cmath>

namespace pet {

Occupancy occupancy_from_binding(const Binding& baseline, const Binding& drug, double level) {
  Occupancy occupancy;
  occupancy.interval = {not_available, not_available};
  if (!std::isfinite(baseline.value) || !std::isfinite(drug.value)) {
    occupancy.flags.push_back("missing_binding");
    return occupancy;
  }
  if (!(baseline.value > 0.0)) {
    occupancy.status = FitStatus::unidentifiable;
    occupancy.flags.push_back("no_baseline_binding");
    return occupancy;
  }
  const double ratio = drug.value / baseline.value;
  occupancy.value = 1.0 - ratio;
  occupancy.status = FitStatus::ok;
  if (drug.value < 0.0) occupancy.flags.push_back("occupancy_above_one");
  if (occupancy.value < 0.0) occupancy.flags.push_back("occupancy_below_zero");
  if (!std::isfinite(baseline.standard_error) || !std::isfinite(drug.standard_error)) {
    occupancy.flags.push_back("no_standard_error");
    return occupancy;
  }
  const double of_baseline = ratio * baseline.standard_error;
  occupancy.standard_error = std::hypot(of_baseline, drug.standard_error) / baseline.value;
  const Interval ratios = fieller_interval(drug.value, baseline.value, std::pow(drug.standard_error, 2),
                                           std::pow(baseline.standard_error, 2), 0.0, normal_factor(level));
  occupancy.interval = {1.0 - ratios.upper, 1.0 - ratios.lower};
  if (!occupancy.interval.is_bounded()) {
    occupancy.status = FitStatus::unidentifiable;
    occupancy.flags.push_back("occupancy_unbounded");
  }
  return occupancy;
}

Occupancy occupancy_from_volumes(const Binding& VT_baseline, const Binding& VT_drug, double VND, double level) {
  return occupancy_from_binding({VT_baseline.value - VND, VT_baseline.standard_error},
                                {VT_drug.value - VND, VT_drug.standard_error}, level);
}

}  // namespace pet
