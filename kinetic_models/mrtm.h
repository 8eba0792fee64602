// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Multilinear reference tissue model (MRTM1), linear in its three coefficients.
//
//   C_T(T) = g1 int_0^T C_R dt + g2 int_0^T C_T dt + g3 C_R(T)
//   BPND = -(g1 / g2) - 1,   R1 = g3,   k2 = g1,   k2prime = g1 / g3,   k2a = -g2
//
// Ichise M et al. J Cereb Blood Flow Metab 2003;23:1096-1112. doi:10.1097/01.WCB.0000085441.37552.CA
//
// R1, k2 and k2prime have their meaning only where one tissue compartment describes target and reference, and only
// with all frames; with t* BPND alone is valid. Noise in C_T is on both sides: BPND is biased low in noisy regions.
inline constexpr std::array mrtm_quantities = {
    Quantity{"BPND", "1", "binding potential, specific to non-displaceable"},
    Quantity{"R1", "1", "K1 of the target over K1 of the reference"},
    Quantity{"k2", "1/min", "efflux rate constant of the target"},
    Quantity{"k2a", "1/min", "apparent efflux rate constant, k2 / (1 + BPND)"},
    Quantity{"k2prime", "1/min", "efflux rate constant of the reference, k2 / R1"},
};

/// Fits the three coefficients by weighted linear least squares to all frames, or those from t* on.
Fit fit_mrtm(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options = {});

/// The quantities from the coefficients of the regression.
void derive_mrtm(std::span<const double> coefficients,
                 const FitOptions& options,
                 std::span<double> values,
                 std::span<double> gradient);

inline constexpr Model mrtm = {
    .name = "mrtm",
    .label = "MRTM1",
    .title = "Multilinear reference tissue model",
    .citation = "Ichise M et al. J Cereb Blood Flow Metab 2003;23:1096-1112",
    .doi = "10.1097/01.WCB.0000085441.37552.CA",
    .limits = "Biased low by noise in low-binding regions; R1 and k2prime are valid with all frames only.",
    .quantities = mrtm_quantities,
    .least_frames = 4,
    .t_star = Use::optional,
    .derive = &derive_mrtm,
    .fit = &fit_mrtm,
};

}  // namespace pet
