// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kinetic_models/two_tissue_vnd.h"

namespace pet {

// Simultaneous estimation of the non-displaceable volume of distribution: two-tissue compartments in all regions of a
// scan, VND = K1 / k2 being the same in each and estimated with them. No reference region and no blocking scan is
// needed.
//
//   minimise over VND:  sum over regions of min over (K1, BPND, k4) of their weighted RSS
//
// Ogden RT, Zanderigo F, Parsey RV. NeuroImage 2015;108:234-242. doi:10.1016/j.neuroimage.2014.11.055
//
// VND is determined by regions that differ in BPND; its profile interval says how well. Biased where VND differs
// between regions.
inline constexpr std::array sime_parameters = {
    K1_parameter,
    two_tissue_vnd_parameters[1],
    k4_parameter,
    Parameter{.symbol = "VND", .unit = "mL/cm3", .initial = 2.0, .lower = 0.01, .upper = 100.0, .floor = 0.0},
    vB_parameter,
    delay_parameter,
};

/// Fits one region with VND free, which is the two-tissue model; fit_regions shares VND between regions.
Fit fit_sime(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options);

inline constexpr Model sime = {
    .name = "sime",
    .label = "SIMEVND",
    .title = "Simultaneous estimation of VND",
    .citation = "Ogden RT, Zanderigo F, Parsey RV. NeuroImage 2015;108:234-242",
    .doi = "10.1016/j.neuroimage.2014.11.055",
    .limits = "Needs regions that differ in binding and share VND; look at the interval of VND first.",
    .parameters = sime_parameters,
    .quantities = two_tissue_vnd_quantities,
    .least_frames = 5,
    .vB = Use::optional,
    .delay = Use::optional,
    .shares = "VND",
    .predict = &predict_two_tissue_vnd,
    .derive = &derive_two_tissue_vnd,
    .fit = &fit_sime,
};

}  // namespace pet
