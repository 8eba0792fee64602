// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <vector>

#include "kinetic_models/model.h"

namespace pet {

// Spectral analysis: the impulse response as a sum of exponentials with amplitudes that are not negative, on a fixed
// grid of rates; any number of reversible compartments.
//
//   C(t) = (1 - vB) sum_j a_j C_p(t) (x) exp(-b_j t) + vB C_wholeblood(t),   a_j >= 0
//   K1 = sum a_j (the impulse response at 0),   VT = sum a_j / b_j
//
// Cunningham VJ, Jones T. J Cereb Blood Flow Metab 1993;13:15-23. doi:10.1038/jcbfm.1993.5
//
// The spectrum is not unique in noise; its sums are steadier than its lines. A line at the slowest rate of the grid
// stands for what does not leave the tissue within the scan: VT then depends on where the grid ends (flag
// slowest_component).
inline constexpr int spectral_rates = 100;
inline constexpr double spectral_slowest_per_min = 1e-3;
inline constexpr double spectral_fastest_per_min = 2.0;

inline constexpr std::array spectral_quantities = {
    Quantity{"VT", "mL/cm3", "total volume of distribution, the integral of the impulse response"},
    Quantity{"K1", "mL/cm3/min", "transport from plasma into tissue, the impulse response at 0"},
    Quantity{"vB", "1", "fraction of blood in the region"},
    Quantity{"components", "1", "number of lines of the spectrum"},
};

/// The rate of a line of the grid, 0 to spectral_rates - 1, in 1/min: logarithmic from the slowest to the fastest.
double spectral_rate(int line);

/// The impulse response at a time in minutes after injection, mL/cm3/min, of a spectral fit.
double spectral_impulse_response(const Fit& fit, double time_min);

/// Fits the spectrum, with whole blood as one column more where there is some and options.vB does not give its share,
/// by non-negative weighted least squares. There are no standard errors: the lines that a noisy curve chooses are part
/// of what varies. Intervals come from the bootstrap.
Fit fit_spectral(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options);

/// The quantities from the amplitudes of the lines, (1 - vB) a_j, and vB behind them.
void derive_spectral(std::span<const double> coefficients,
                     const FitOptions& options,
                     std::span<double> values,
                     std::span<double> gradient);

inline constexpr Model spectral = {
    .name = "spectral",
    .label = "Spectral",
    .title = "Spectral analysis",
    .citation = "Cunningham VJ, Jones T. J Cereb Blood Flow Metab 1993;13:15-23",
    .doi = "10.1038/jcbfm.1993.5",
    .limits = "Biased by noise; VT depends on the grid where a line lies at its slowest rate.",
    .quantities = spectral_quantities,
    .least_frames = 5,
    .vB = Use::optional,
    .delay = Use::optional,
    .derive = &derive_spectral,
    .fit = &fit_spectral,
};

}  // namespace pet
