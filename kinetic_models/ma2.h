// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Multilinear analysis (MA2) with a plasma input: the two-tissue model integrated twice, linear in four coefficients.
//
//   C_T(T) = g1 int int C_p + g2 int int C_T + g3 int C_T + g4 int C_p
//   VT = -g1 / g2,   K1 = g4,   VND = -g4^2 / (g1 + g3 g4),   BPP = VT - VND
//
// Ichise M et al. J Cereb Blood Flow Metab 2002;22:1271-1281. doi:10.1097/01.WCB.0000038000.34930.4E. For the
// two-tissue model g1 = K1 (k3 + k4), g2 = -k2 k4, g3 = -(k2 + k3 + k4), g4 = K1.
//
// All frames, no t*. VT is biased little by noise; VND and BPP are determined about as badly as by 2tcm.
inline constexpr std::array ma2_quantities = {
    Quantity{"VT", "mL/cm3", "total volume of distribution"},
    Quantity{"VND", "mL/cm3", "non-displaceable volume of distribution"},
    Quantity{"BPP", "mL/cm3", "binding potential by plasma, VS = VT - VND"},
    Quantity{"K1", "mL/cm3/min", "transport from plasma into tissue"},
};

/// Fits the four coefficients by weighted linear least squares to all frames.
Fit fit_ma2(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options);

/// The quantities from the coefficients of the regression.
void derive_ma2(std::span<const double> coefficients,
                const FitOptions& options,
                std::span<double> values,
                std::span<double> gradient);

inline constexpr Model ma2 = {
    .name = "ma2",
    .label = "MA2",
    .title = "Multilinear analysis of two tissue compartments",
    .citation = "Ichise M et al. J Cereb Blood Flow Metab 2002;22:1271-1281",
    .doi = "10.1097/01.WCB.0000038000.34930.4E",
    .limits = "VND and BPP are badly determined; noise in early frames biases them.",
    .quantities = ma2_quantities,
    .least_frames = 5,
    .vB = Use::optional,
    .delay = Use::optional,
    .derive = &derive_ma2,
    .fit = &fit_ma2,
};

}  // namespace pet
