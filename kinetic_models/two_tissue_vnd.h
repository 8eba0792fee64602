// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/plasma_parameters.h"

namespace pet {

// Two-tissue compartment model with the non-displaceable volume of distribution VND = K1 / k2 held at a known value, or
// shared by the regions of a scan.
//
//   the two-tissue model with k2 = K1 / VND and k3 = BPND k4;    VT = VND (1 + BPND)
//
// Koeppe RA et al. J Cereb Blood Flow Metab 1991;11:735-744. doi:10.1038/jcbfm.1991.130 (K1 / k2 from a region without
// receptors).
//
// As good as its VND. Where VND differs between regions (white matter), BPND takes the difference.
inline constexpr std::array two_tissue_vnd_parameters = {
    K1_parameter,
    Parameter{.symbol = "BPND", .unit = "1", .initial = 1.0, .lower = 0.0, .upper = 50.0, .floor = none_below_zero},
    k4_parameter,
    Parameter{
        .symbol = "VND", .unit = "mL/cm3", .initial = 2.0, .lower = 0.01, .upper = 100.0, .floor = 0.0, .held = 2.0},
    vB_parameter,
    delay_parameter,
};

inline constexpr std::array two_tissue_vnd_quantities = {
    Quantity{"BPND", "1", "binding potential, specific to non-displaceable"},
    Quantity{"VT", "mL/cm3", "total volume of distribution, VND (1 + BPND)"},
    Quantity{"VND", "mL/cm3", "non-displaceable volume of distribution, held or shared"},
    Quantity{"BPP", "mL/cm3", "binding potential by plasma, VS = VND BPND"},
    BPF_quantity,
    K1_quantity,
    k2_quantity,
    k3_quantity,
    k4_quantity,
    vB_quantity,
    delay_quantity,
};

/// Fits K1, BPND and k4 with options.VND, and vB and the delay where the options ask for it.
Fit fit_two_tissue_vnd(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options);

/// The curve for parameters K1, BPND, k4, VND, vB, delay.
void predict_two_tissue_vnd(std::span<const double> parameters,
                            const ScanInput& input,
                            std::span<double> predicted,
                            std::span<double> jacobian);

/// The quantities from K1, BPND, k4, VND, vB, delay.
void derive_two_tissue_vnd(std::span<const double> parameters,
                           const FitOptions& options,
                           std::span<double> values,
                           std::span<double> gradient);

inline constexpr Model two_tissue_vnd = {
    .name = "2tcm-vnd",
    .label = "2TCMVND",
    .title = "Two-tissue compartment model with fixed VND",
    .citation = "Koeppe RA et al. J Cereb Blood Flow Metab 1991;11:735-744",
    .doi = "10.1038/jcbfm.1991.130",
    .limits = "As good as its VND, which is taken to be the same wherever it is used.",
    .parameters = two_tissue_vnd_parameters,
    .quantities = two_tissue_vnd_quantities,
    .least_frames = 4,
    .vB = Use::optional,
    .delay = Use::optional,
    .VND = Use::required,
    .predict = &predict_two_tissue_vnd,
    .derive = &derive_two_tissue_vnd,
    .fit = &fit_two_tissue_vnd,
};

}  // namespace pet
