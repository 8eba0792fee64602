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

// Of the variances of two fits and a share of a common one, which is as uncertain as the whole.
double degrees_of_freedom(const VariancePart& of_drug,
                          const VariancePart& of_baseline,
                          const VariancePart& whole,
                          double share) {
  const std::array fits = {of_drug, of_baseline};
  const double of_fits = satterthwaite(fits);
  const double variance = of_drug.variance + of_baseline.variance + share * whole.variance;
  const double uncertainty =
      square(of_drug.variance + of_baseline.variance) / of_fits + square(whole.variance) / whole.degrees_of_freedom;
  if (!(uncertainty > 0.0)) return std::numeric_limits<double>::infinity();
  const double least = whole.variance > 0.0 ? std::min(of_fits, whole.degrees_of_freedom) : of_fits;
  return std::max(square(variance) / uncertainty, least);
}

// 1 - drug / baseline.
Occupancy occupancy_of(const Binding& baseline, const Binding& drug, const Errors& errors, double level) {
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
  const double factor = student_factor(level, errors.degrees_of_freedom);
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
  const VariancePart whole{common.drug_variance + ratio * common.baseline_variance, common.degrees_of_freedom};
  return occupancy_of(baseline, drug,
                      {.baseline = of_baseline + common.share * common.baseline_variance,
                       .drug = of_drug + common.share * common.drug_variance,
                       .degrees_of_freedom =
                           degrees_of_freedom({of_drug, drug.degrees_of_freedom},
                                              {ratio * of_baseline, baseline.degrees_of_freedom}, whole, common.share)},
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
