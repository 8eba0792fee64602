// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/from_binding.h"

#include <algorithm>
#include <cmath>

namespace pet {

namespace {

// 1 - drug / baseline of two estimates with a covariance.
Occupancy occupancy_of(const Binding& baseline, const Binding& drug, double covariance, double level) {
  const double factor = normal_factor(level);
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
  const double of_baseline = std::pow(baseline.standard_error, 2);
  const double of_drug = std::pow(drug.standard_error, 2);
  occupancy.standard_error =
      std::sqrt(std::max(0.0, of_drug + ratio * ratio * of_baseline - 2.0 * ratio * covariance)) / baseline.value;
  const Interval ratios = fieller_interval(drug.value, baseline.value, of_drug, of_baseline, covariance, factor);
  occupancy.interval = {1.0 - ratios.upper, 1.0 - ratios.lower};
  if (!occupancy.interval.is_bounded()) {
    occupancy.status = FitStatus::unidentifiable;
    occupancy.flags.push_back("occupancy_unbounded");
  }
  return occupancy;
}

}  // namespace

Occupancy occupancy_from_binding(const Binding& baseline, const Binding& drug, double level) {
  return occupancy_of(baseline, drug, 0.0, level);
}

Occupancy occupancy_from_volumes(const Binding& VT_baseline, const Binding& VT_drug, const Binding& VND, double level) {
  const double common = std::isfinite(VND.standard_error) ? std::pow(VND.standard_error, 2) : 0.0;
  const auto above = [&](const Binding& VT) {
    return Binding{VT.value - VND.value, std::sqrt(std::pow(VT.standard_error, 2) + common)};
  };
  return occupancy_of(above(VT_baseline), above(VT_drug), common, level);
}

}  // namespace pet
