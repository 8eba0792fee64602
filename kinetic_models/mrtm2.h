// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Multilinear reference tissue model with k2prime fixed (MRTM2), linear in its two coefficients.
//
//   C_T(T) = g1 ( int_0^T C_R dt + C_R(T) / k2prime ) + g2 int_0^T C_T dt
//   BPND = -(g1 / g2) - 1,   R1 = g1 / k2prime,   k2 = g1,   k2a = -g2
//
// Ichise M et al. J Cereb Blood Flow Metab 2003;23:1096-1112. doi:10.1097/01.WCB.0000085441.37552.CA
//
// As good as its k2prime, whose uncertainty the standard errors do not contain.
inline constexpr std::array mrtm2_quantities = {
    Quantity{"BPND", "1", "binding potential, specific to non-displaceable"},
    Quantity{"R1", "1", "K1 of the target over K1 of the reference"},
    Quantity{"k2", "1/min", "efflux rate constant of the target, R1 k2prime"},
    Quantity{"k2a", "1/min", "apparent efflux rate constant, k2 / (1 + BPND)"},
};

/// Fits the two coefficients by weighted linear least squares with options.k2prime fixed.
Fit fit_mrtm2(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options);

/// The quantities from the coefficients of the regression.
void derive_mrtm2(std::span<const double> coefficients,
                  const FitOptions& options,
                  std::span<double> values,
                  std::span<double> gradient);

inline constexpr Model mrtm2 = {
    .name = "mrtm2",
    .label = "MRTM2",
    .title = "Multilinear reference tissue model with fixed k2prime",
    .citation = "Ichise M et al. J Cereb Blood Flow Metab 2003;23:1096-1112",
    .doi = "10.1097/01.WCB.0000085441.37552.CA",
    .limits = "As good as its k2prime, which must come from a region with high binding of the same scan.",
    .quantities = mrtm2_quantities,
    .least_frames = 3,
    .k2prime = Use::required,
    .t_star = Use::optional,
    .k2prime_model = "mrtm",
    .derive = &derive_mrtm2,
    .fit = &fit_mrtm2,
};

}  // namespace pet
