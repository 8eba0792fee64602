// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kinetic_models/model.h"

// Parameters and quantities that the compartment models with a plasma input have in common.
namespace pet {

inline constexpr double none_below_zero = -1e-12;  ///< a floor that lets bounds be 0

inline constexpr Parameter K1_parameter{
    .symbol = "K1", .unit = "mL/cm3/min", .initial = 0.1, .lower = 1e-4, .upper = 2.0, .floor = 0.0};
inline constexpr Parameter k2_parameter{
    .symbol = "k2", .unit = "1/min", .initial = 0.1, .lower = 1e-4, .upper = 2.0, .floor = 0.0};
inline constexpr Parameter k3_parameter{
    .symbol = "k3", .unit = "1/min", .initial = 0.05, .lower = 0.0, .upper = 1.0, .floor = none_below_zero};
inline constexpr Parameter k4_parameter{
    .symbol = "k4", .unit = "1/min", .initial = 0.03, .lower = 1e-3, .upper = 0.5, .floor = 0.0};
inline constexpr Parameter vB_parameter{
    .symbol = "vB", .unit = "1", .initial = 0.05, .lower = 0.0, .upper = 0.3, .floor = none_below_zero, .held = 0.0};
inline constexpr Parameter delay_parameter{
    .symbol = "delay", .unit = "min", .initial = 0.0, .lower = -0.5, .upper = 1.0, .floor = -10.0, .held = 0.0};

inline constexpr Quantity K1_quantity{"K1", "mL/cm3/min", "transport from plasma into tissue"};
inline constexpr Quantity k2_quantity{"k2", "1/min", "efflux rate constant"};
inline constexpr Quantity k3_quantity{"k3", "1/min", "rate constant of binding"};
inline constexpr Quantity k4_quantity{"k4", "1/min", "rate constant of release"};
inline constexpr Quantity vB_quantity{"vB", "1", "fraction of blood in the region"};
inline constexpr Quantity delay_quantity{"delay", "min",
                                         "how much later than it was sampled the tissue sees the blood"};
inline constexpr Quantity BPF_quantity{"BPF", "mL/cm3", "binding potential by free plasma, VS / fP", true};

}  // namespace pet
