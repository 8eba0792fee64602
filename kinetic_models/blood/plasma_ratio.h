// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "kinetic_models/blood/blood_model.h"
#include "kinetic_models/blood/interpolation.h"
#include "libpet/blood/samples.h"

namespace pet {

//   constant      a
inline constexpr std::array constant_ratio_parameters = {
    Parameter{.symbol = "a", .unit = "1", .initial = 1.0, .lower = 0.01, .upper = 100.0, .floor = 0.0},
};

//   linear        a + b t
inline constexpr std::array linear_ratio_parameters = {
    Parameter{.symbol = "a", .unit = "1", .initial = 1.0, .lower = 0.01, .upper = 100.0, .floor = 0.0},
    Parameter{.symbol = "b", .unit = "1/min", .initial = 0.0, .lower = -1.0, .upper = 1.0, .floor = -10.0},
};

//   exponential   b + (a - b) exp(-c t): from a at injection towards b
inline constexpr std::array exponential_ratio_parameters = {
    Parameter{.symbol = "a", .unit = "1", .initial = 1.0, .lower = 0.01, .upper = 100.0, .floor = 0.0},
    Parameter{.symbol = "b", .unit = "1", .initial = 1.2, .lower = 0.01, .upper = 100.0, .floor = 0.0},
    Parameter{.symbol = "c", .unit = "1/min", .initial = 0.1, .lower = 1e-4, .upper = 10.0, .floor = 0.0},
};

/// Total radioactivity in plasma over that in whole blood, over time.
struct PlasmaRatio {
  BloodCurve curve;
  std::string model;
  SampleSeries samples;
  std::vector<BloodFit> fits;  ///< none for an interpolation
  std::vector<std::string> notes;
};

/// The ratio at the time of each plasma sample: plasma over whole blood, the latter interpolated linearly where it was
/// not drawn at the same time, and counted in the notes. Samples outside the times of the whole blood, and those whose
/// plasma or whole blood is not above 1 % of its largest value, are left out and counted too.
PlasmaRatio measured_ratio(const SampleSeries& plasma, const SampleSeries& whole_blood);

/// Models the samples of `ratio`: "interpolation", "constant", "linear" or "exponential", all weighing alike. Throws
/// InputError for too few samples or a model that is not above zero at `end_min`, UsageError for an unknown model.
void model_ratio(PlasmaRatio& ratio, std::string_view model, double end_min);

std::vector<std::string> plasma_ratio_choices();

}  // namespace pet
