// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kinetic_models/blood/blood_model.h"

namespace pet {

// Models of the parent fraction, t in minutes after injection. f0, the fraction at injection, is held at 1 unless a fit
// of it is asked for.
//
// Tonietto M et al. J Cereb Blood Flow Metab 2016;36:326-339. doi:10.1177/0271678X15610585 compares them.

//   hill          f0 - (f0 - a) t^b / (c^b + t^b)
inline constexpr std::array hill_parameters = {
    Parameter{.symbol = "a", .unit = "1", .initial = 0.2, .lower = 0.0, .upper = 1.0, .floor = -1.0},
    Parameter{.symbol = "b", .unit = "1", .initial = 1.5, .lower = 0.1, .upper = 20.0, .floor = 0.0},
    Parameter{.symbol = "c", .unit = "min", .initial = 10.0, .lower = 0.1, .upper = 1000.0, .floor = 0.0},
    Parameter{.symbol = "f0", .unit = "1", .initial = 1.0, .lower = 0.5, .upper = 1.0, .floor = 0.0, .held = 1.0},
};

//   power         f0 (1 + (a t)^2)^-b
inline constexpr std::array power_parameters = {
    Parameter{.symbol = "a", .unit = "1/min", .initial = 0.1, .lower = 1e-4, .upper = 10.0, .floor = 0.0},
    Parameter{.symbol = "b", .unit = "1", .initial = 0.3, .lower = 1e-3, .upper = 10.0, .floor = 0.0},
    Parameter{.symbol = "f0", .unit = "1", .initial = 1.0, .lower = 0.5, .upper = 1.0, .floor = 0.0, .held = 1.0},
};

//   exponential   f0 (a exp(-b t) + (1 - a) exp(-c t))
inline constexpr std::array exponential_parameters = {
    Parameter{.symbol = "a", .unit = "1", .initial = 0.6, .lower = 0.0, .upper = 1.0, .floor = -1.0},
    Parameter{.symbol = "b", .unit = "1/min", .initial = 0.1, .lower = 1e-3, .upper = 10.0, .floor = 0.0},
    Parameter{.symbol = "c", .unit = "1/min", .initial = 0.003, .lower = 1e-6, .upper = 0.1, .floor = 0.0},
    Parameter{.symbol = "f0", .unit = "1", .initial = 1.0, .lower = 0.5, .upper = 1.0, .floor = 0.0, .held = 1.0},
};

//   sigmoid       f0 ((1 - t^3 / (t^3 + a^3))^b + c) / (1 + c)
// Guo Q et al. J Nucl Med 2013;54:1915-1923, where a^3 is written 10^a.
inline constexpr std::array sigmoid_parameters = {
    Parameter{.symbol = "a", .unit = "min", .initial = 5.0, .lower = 0.1, .upper = 1000.0, .floor = 0.0},
    Parameter{.symbol = "b", .unit = "1", .initial = 0.5, .lower = 1e-3, .upper = 10.0, .floor = 0.0},
    Parameter{.symbol = "c", .unit = "1", .initial = 0.1, .lower = 0.0, .upper = 10.0, .floor = -1.0},
    Parameter{.symbol = "f0", .unit = "1", .initial = 1.0, .lower = 0.5, .upper = 1.0, .floor = 0.0, .held = 1.0},
};

//   gamma         f0 (1 - a P(b, t / c)), P the regularised lower incomplete gamma function
inline constexpr std::array gamma_parameters = {
    Parameter{.symbol = "a", .unit = "1", .initial = 0.8, .lower = 0.0, .upper = 1.0, .floor = -1.0},
    Parameter{.symbol = "b", .unit = "1", .initial = 1.0, .lower = 0.05, .upper = 20.0, .floor = 0.0},
    Parameter{.symbol = "c", .unit = "min", .initial = 15.0, .lower = 0.01, .upper = 1000.0, .floor = 0.0},
    Parameter{.symbol = "f0", .unit = "1", .initial = 1.0, .lower = 0.5, .upper = 1.0, .floor = 0.0, .held = 1.0},
};

//   inverse-gamma f0 (1 - a Q(b, c / t)), Q the regularised upper incomplete gamma function
inline constexpr std::array inverse_gamma_parameters = {
    Parameter{.symbol = "a", .unit = "1", .initial = 0.9, .lower = 0.0, .upper = 1.0, .floor = -1.0},
    Parameter{.symbol = "b", .unit = "1", .initial = 1.0, .lower = 0.05, .upper = 20.0, .floor = 0.0},
    Parameter{.symbol = "c", .unit = "min", .initial = 10.0, .lower = 0.01, .upper = 1000.0, .floor = 0.0},
    Parameter{.symbol = "f0", .unit = "1", .initial = 1.0, .lower = 0.5, .upper = 1.0, .floor = 0.0, .held = 1.0},
};

/// The models above, in that order. The last parameter of each is f0.
std::span<const BloodModel> parent_fraction_models();

/// The model of that name. Throws UsageError.
const BloodModel& find_parent_fraction_model(std::string_view name);

}  // namespace pet
