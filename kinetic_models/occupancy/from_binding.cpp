// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/from_binding.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace pet {

namespace {

double square(double x) {
  return x * x;
}

// Two estimates with their variances and covariance; the degrees of freedom are those of drug - ratio x baseline.
struct Errors {
  double baseline = not_available;
  double drug = not_available;
  double covariance = 0.0;
  double degrees_of_freedom = std::numeric_limits<double>::infinity();
};

// 1 - drug / baseline.
Occupancy occupancy_of(const Binding& baseline, const Binding& drug, const Errors& errors, double level) {
  const double factor = student_factor(level, errors.degrees_of_freedom);
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
  if (!std::isfinite(errors.baseline) || !std::isfinite(errors.drug)) {
    occupancy.flags.push_back("no_standard_error");
    return occupancy;
  }
  occupancy.standard_error =
      std::sqrt(std::max(0.0, errors.drug + ratio * ratio * errors.baseline - 2.0 * ratio * errors.covariance)) /
      baseline.value;
  const Interval ratios =
      fieller_interval(drug.value, baseline.value, errors.drug, errors.baseline, errors.covariance, factor);
  occupancy.interval = {1.0 - ratios.upper, 1.0 - ratios.lower};
  if (!occupancy.interval.is_bounded()) {
    occupancy.status = FitStatus::unidentifiable;
    occupancy.flags.push_back("occupancy_unbounded");
  }
  return occupancy;
}

}  // namespace

Occupancy occupancy_from_binding(const Binding& baseline,
                                 const Binding& drug,
                                 double level,
                                 const CommonError& common) {
  const double of_baseline = square(baseline.standard_error);
  const double of_drug = square(drug.standard_error);
  const double ratio = square(drug.value / baseline.value);
  const std::array parts = {
      VariancePart{of_drug, drug.degrees_of_freedom}, VariancePart{ratio * of_baseline, baseline.degrees_of_freedom},
      VariancePart{common.drug_variance + ratio * common.baseline_variance, common.degrees_of_freedom}};
  return occupancy_of(baseline, drug,
                      {.baseline = of_baseline + common.baseline_variance,
                       .drug = of_drug + common.drug_variance,
                       .degrees_of_freedom = satterthwaite(parts)},
                      level);
}

Occupancy occupancy_from_volumes(const Binding& VT_baseline, const Binding& VT_drug, const Binding& VND, double level) {
  const double of_VND = std::isfinite(VND.standard_error) ? square(VND.standard_error) : 0.0;
  const Binding baseline{VT_baseline.value - VND.value};
  const Binding drug{VT_drug.value - VND.value};
  const double ratio = drug.value / baseline.value;
  const std::array parts = {VariancePart{square(VT_drug.standard_error), VT_drug.degrees_of_freedom},
                            VariancePart{square(ratio * VT_baseline.standard_error), VT_baseline.degrees_of_freedom},
                            VariancePart{square(1.0 - ratio) * of_VND, VND.degrees_of_freedom}};
  return occupancy_of(baseline, drug,
                      {.baseline = square(VT_baseline.standard_error) + of_VND,
                       .drug = square(VT_drug.standard_error) + of_VND,
                       .covariance = of_VND,
                       .degrees_of_freedom = satterthwaite(parts)},
                      level);
}

}  // namespace pet
