// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace pet {

/// The concentration of a drug in plasma at a time after the dose. Hours throughout this file; any other unit does as
/// well if all rates have it.
using Concentration = std::function<double(double time_h)>;

/// Straight lines through samples, zero before the first and a straight fall of the logarithm after the last at the
/// rate of the last two samples (held where that does not fall). Throws InputError for fewer than two samples, times
/// that do not increase and concentrations below zero.
Concentration sampled_concentration(std::vector<double> time_h, std::vector<double> concentration);

/// After one oral dose with first-order absorption into one compartment:
///   C(t) = dose_over_volume ka / (ka - ke) (exp(-ke (t - lag)) - exp(-ka (t - lag))),  zero before the lag;
/// ka = ke is an ordinary case. `dose_over_volume`: dose times bioavailability over volume. Throws UsageError for rates
/// that are not positive.
Concentration oral_concentration(double dose_over_volume, double ka_per_h, double ke_per_h, double lag_h = 0.0);

/// The concentration in an effect compartment that the plasma fills with a delay,
///   dCe/dt = ke0 (Cp - Ce),  Ce(0) = 0,
/// at times that increase from zero on. The occupancy is the curve's at Ce in place of Cp: it rises above and falls
/// below that at the same plasma level (hysteresis). Sheiner LB et al. Clin Pharmacol Ther 1979;25:358-371. Throws
/// UsageError for a rate that is not positive and times out of order.
std::vector<double> effect_concentration(const Concentration& plasma, double ke0_per_h, std::span<const double> time_h);

/// The occupancy by a drug that binds and leaves slowly,
///   dO/dt = kon Cp (1 - O) - koff O,  O(0) = `initial`,  KD = koff / kon,
/// which with BP = BP0 (1 - O) is dBP/dt = koff BP0 - (kon Cp + koff) BP. Same errors; kon is per hour and
/// concentration.
std::vector<double> binding_occupancy(
    const Concentration& plasma, double kon, double koff_per_h, std::span<const double> time_h, double initial = 0.0);

}  // namespace pet
