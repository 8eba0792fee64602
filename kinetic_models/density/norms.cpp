// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/density/norms.h"

#include <cmath>
#include <string>
#include <vector>

#include "kinetic_models/density/weighted_mean.h"
#include "libpet/error.h"

namespace pet {
namespace {

constexpr double years_a_decade = 10.0;

// The factor of the mean at an age, and its derivative by the change per decade.
struct AgeFactor {
  double value = 1.0;
  double by_change = 0.0;
};

AgeFactor age_factor(const Norm& norm, std::optional<double> age, AgeForm form) {
  if (!norm.age || (norm.change_per_decade == 0.0 && norm.change_se == 0.0)) return {};
  if (!age) throw UsageError("the norm of '" + norm.name + "' changes with age: an age is needed");
  const double decades = (*age - *norm.age) / years_a_decade;
  const double base = 1.0 + norm.change_per_decade;
  if (form == AgeForm::exponential) return {std::pow(base, decades), decades * std::pow(base, decades - 1.0)};
  const double value = 1.0 + norm.change_per_decade * decades;
  if (!(value > 0.0))
    throw UsageError("the linear norm of '" + norm.name + "' has come to zero at an age of " + format_number(*age) +
                     " years");
  return {value, decades};
}

}  // namespace

AgeForm age_form(std::string_view name) {
  if (name == "exponential") return AgeForm::exponential;
  if (name == "linear") return AgeForm::linear;
  throw UsageError("no age form '" + std::string(name) + "'; there are: exponential, linear");
}

std::string_view name_of(AgeForm form) {
  return form == AgeForm::linear ? "linear" : "exponential";
}

ExpectedBinding expected_binding(const Norm& norm, std::optional<double> age, AgeForm form) {
  const AgeFactor factor = age_factor(norm, age, form);
  ExpectedBinding expected{.mean = norm.mean * factor.value, .sd = norm.sd};
  const double of_subjects = norm.subjects ? expected.sd / std::sqrt(*norm.subjects) : 0.0;
  expected.mean_se = std::hypot(of_subjects, norm.mean * factor.by_change * norm.change_se);
  expected.is_outside = age && ((norm.youngest && *age < *norm.youngest) || (norm.oldest && *age > *norm.oldest));
  return expected;
}

ExpectedBinding expected_mean(std::span<const ExpectedBinding> regions,
                              std::span<const double> weights,
                              double correlation) {
  ExpectedBinding expected;
  std::vector<double> sd;
  for (std::size_t i = 0; i < regions.size(); ++i) {
    expected.mean += weights[i] * regions[i].mean;
    expected.mean_se += weights[i] * regions[i].mean_se;
    expected.is_outside = expected.is_outside || regions[i].is_outside;
    sd.push_back(regions[i].sd);
  }
  expected.sd = sd_of_sum(weights, sd, correlation);
  return expected;
}

ZScore z_score(double binding, double standard_error, const ExpectedBinding& expected) {
  return {(binding - expected.mean) / expected.sd, std::hypot(standard_error, expected.mean_se) / expected.sd};
}

}  // namespace pet
