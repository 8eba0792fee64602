// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/plasma_parameters.h"

namespace pet {

// One-tissue compartment model with a plasma input.
//
//   C_T(t) = K1 C_p(t - delay) (x) exp(-k2 t),    C(t) = (1 - vB) C_T(t) + vB C_wholeblood(t - delay),    VT = K1 / k2
//
// Innis RB et al. J Cereb Blood Flow Metab 2007;27:1533-1539 (nomenclature). Kety SS. Pharmacol Rev 1951;3:1-41.
//
// Too simple where binding is slow: then VT is biased low, and the residuals of early and late frames have a pattern.
inline constexpr std::array one_tissue_parameters = {
    K1_parameter,
    k2_parameter,
    vB_parameter,
    delay_parameter,
};

inline constexpr std::array one_tissue_quantities = {
    Quantity{"VT", "mL/cm3", "total volume of distribution, K1 / k2"},
    K1_quantity,
    k2_quantity,
    vB_quantity,
    delay_quantity,
};

/// Fits K1 and k2, and vB and the delay where the options ask for it.
Fit fit_one_tissue(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options);

/// The curve for parameters K1, k2, vB, delay.
void predict_one_tissue(std::span<const double> parameters,
                        const ScanInput& input,
                        std::span<double> predicted,
                        std::span<double> jacobian);

/// The quantities from K1, k2, vB, delay.
void derive_one_tissue(std::span<const double> parameters,
                       const FitOptions& options,
                       std::span<double> values,
                       std::span<double> gradient);

inline constexpr Model one_tissue = {
    .name = "1tcm",
    .label = "1TCM",
    .title = "One-tissue compartment model",
    .citation = "Kety SS. Pharmacol Rev 1951;3:1-41",
    .doi = "10.1038/sj.jcbfm.9600493",
    .limits = "Biased where free and bound tracer do not equilibrate fast.",
    .parameters = one_tissue_parameters,
    .quantities = one_tissue_quantities,
    .least_frames = 3,
    .vB = Use::optional,
    .delay = Use::optional,
    .predict = &predict_one_tissue,
    .derive = &derive_one_tissue,
    .fit = &fit_one_tissue,
};

}  // namespace pet
