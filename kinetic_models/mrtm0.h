// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Original multilinear reference tissue model (MRTM_O), with the tissue curve as divisor.
//
//   int_0^T C_T dt / C_T(T) = DVR int_0^T C_R dt / C_T(T) + (DVR / k2prime) C_R(T) / C_T(T) + b
//   BPND = DVR - 1,   k2a = -1 / b,   R1 = k2a DVR / k2prime
//
// Ichise M et al. J Cereb Blood Flow Metab 2003;23:1096-1112 (there compared with MRTM and MRTM2).
// doi:10.1097/01.WCB.0000085441.37552.CA
//
// The same equation as mrtm, divided by the noisy C_T: biased by noise more than mrtm, which is to be preferred. The
// frame weights are the weights of the points, as in Logan plots.
inline constexpr std::array mrtm0_quantities = {
    Quantity{"BPND", "1", "binding potential, specific to non-displaceable, DVR - 1"},
    Quantity{"DVR", "1", "distribution volume ratio"},
    Quantity{"R1", "1", "K1 of the target over K1 of the reference"},
    Quantity{"k2a", "1/min", "apparent efflux rate constant"},
    Quantity{"k2prime", "1/min", "efflux rate constant of the reference"},
};

/// Fits the three coefficients by weighted linear least squares to all frames, or those from t* on.
Fit fit_mrtm0(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options);

/// The quantities from the coefficients of the regression.
void derive_mrtm0(std::span<const double> coefficients,
                  const FitOptions& options,
                  std::span<double> values,
                  std::span<double> gradient);

inline constexpr Model mrtm0 = {
    .name = "mrtm0",
    .label = "MRTM0",
    .title = "Original multilinear reference tissue model",
    .citation = "Ichise M et al. J Cereb Blood Flow Metab 2003;23:1096-1112",
    .doi = "10.1097/01.WCB.0000085441.37552.CA",
    .limits = "Biased by noise, which is in its divisor: prefer mrtm; R1 and k2prime are valid with all frames only.",
    .quantities = mrtm0_quantities,
    .least_frames = 4,
    .t_star = Use::optional,
    .divides_by_target = true,
    .derive = &derive_mrtm0,
    .fit = &fit_mrtm0,
};

}  // namespace pet
