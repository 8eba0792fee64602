// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/plasma_parameters.h"

namespace pet {

// Two-tissue compartment model with a plasma input, reversible.
//
//   dC_1/dt = K1 C_p(t - delay) - (k2 + k3) C_1 + k4 C_2,    dC_2/dt = k3 C_1 - k4 C_2,    C_T = C_1 + C_2
//   C(t) = (1 - vB) C_T(t) + vB C_wholeblood(t - delay)
//   VT = (K1 / k2) (1 + k3 / k4),   VND = K1 / k2,   VS = BPP = VT - VND,   BPND = k3 / k4,   BPF = BPP / fP
//
// Innis RB et al. J Cereb Blood Flow Metab 2007;27:1533-1539. doi:10.1038/sj.jcbfm.9600493. Closed form: see
// detail/plasma_curve.h, exact where the roots coincide and where k4 is 0.
//
// VT is well determined for most tracers, k3 / k4 for few: look at the interval of BPND before using it, and take
// 2tcm-vnd or sime where VND can be known or shared.
inline constexpr std::array two_tissue_parameters = {
    K1_parameter, k2_parameter, k3_parameter, k4_parameter, vB_parameter, delay_parameter,
};

inline constexpr std::array two_tissue_quantities = {
    Quantity{"VT", "mL/cm3", "total volume of distribution, (K1 / k2) (1 + k3 / k4)"},
    Quantity{"VND", "mL/cm3", "non-displaceable volume of distribution, K1 / k2"},
    Quantity{"BPP", "mL/cm3", "binding potential by plasma, VS = VT - VND"},
    Quantity{"BPND", "1", "binding potential, specific to non-displaceable, k3 / k4"},
    BPF_quantity,
    K1_quantity,
    k2_quantity,
    k3_quantity,
    k4_quantity,
    vB_quantity,
    delay_quantity,
};

/// Fits K1 to k4, and vB and the delay where the options ask for it.
Fit fit_two_tissue(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options);

/// The curve for parameters K1, k2, k3, k4, vB, delay.
void predict_two_tissue(std::span<const double> parameters,
                        const ScanInput& input,
                        std::span<double> predicted,
                        std::span<double> jacobian);

/// The quantities from K1, k2, k3, k4, vB, delay.
void derive_two_tissue(std::span<const double> parameters,
                       const FitOptions& options,
                       std::span<double> values,
                       std::span<double> gradient);

inline constexpr Model two_tissue = {
    .name = "2tcm",
    .label = "2TCM",
    .title = "Two-tissue compartment model",
    .citation = "Innis RB et al. J Cereb Blood Flow Metab 2007;27:1533-1539",
    .doi = "10.1038/sj.jcbfm.9600493",
    .limits = "BPND = k3 / k4 is determined for few tracers only; report VT first.",
    .parameters = two_tissue_parameters,
    .quantities = two_tissue_quantities,
    .least_frames = 5,
    .vB = Use::optional,
    .delay = Use::optional,
    .predict = &predict_two_tissue,
    .derive = &derive_two_tissue,
    .fit = &fit_two_tissue,
};

}  // namespace pet
