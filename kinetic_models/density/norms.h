// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "libpet/io/norms_table.h"

namespace pet {

/// How binding goes with age.
enum class AgeForm {
  exponential,  ///< mean (1 + change)^(decades since the age of the mean)
  linear        ///< mean (1 + change x decades)
};

AgeForm age_form(std::string_view name);  ///< throws UsageError that lists the names
std::string_view name_of(AgeForm form);

/// What is expected of a person of some age.
struct ExpectedBinding {
  double mean = 0.0;
  double sd = 0.0;
  double mean_se = 0.0;     ///< from the number of subjects and the error of the change with age
  bool is_outside = false;  ///< the person is younger or older than all of them
};

/// The norm at an age; people differ by as much at every age. Throws UsageError where the norm depends on
/// age and none is given, and where the linear form has come to zero.
ExpectedBinding expected_binding(const Norm& norm, std::optional<double> age, AgeForm form);

/// The norm of a weighted mean of regions (weights of sum 1) whose binding correlates by `correlation` between people:
/// see sd_of_sum. The errors of the means are taken to add up, as those of one change with age do: no more than that.
ExpectedBinding expected_mean(std::span<const ExpectedBinding> regions,
                              std::span<const double> weights,
                              double correlation);

/// (binding - mean) / sd with its standard error, which holds the errors of the binding and of the mean.
struct ZScore {
  double z = 0.0;
  double standard_error = 0.0;
};
ZScore z_score(double binding, double standard_error, const ExpectedBinding& expected);

}  // namespace pet
