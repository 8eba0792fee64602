// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/plasma_parameters.h"

namespace pet {

// Two-tissue compartment model without release (k4 = 0).
//
//   C_T(t) = K1 C_p(t - delay) (x) { k3 + k2 exp(-(k2 + k3) t) } / (k2 + k3),    Ki = K1 k3 / (k2 + k3)
//   C(t) = (1 - vB) C_T(t) + vB C_wholeblood(t - delay)
//
// Sokoloff L et al. J Neurochem 1977;28:897-916. doi:10.1111/j.1471-4159.1977.tb10649.x
//
// For tracers that do not leave the bound state during the scan. Where they do, Ki falls with the length of the scan.
inline constexpr std::array two_tissue_irreversible_parameters = {
    K1_parameter, k2_parameter, k3_parameter, vB_parameter, delay_parameter,
};

inline constexpr std::array two_tissue_irreversible_quantities = {
    Quantity{"Ki", "mL/cm3/min", "net influx rate constant, K1 k3 / (k2 + k3)"},
    K1_quantity,
    k2_quantity,
    k3_quantity,
    Quantity{"VND", "mL/cm3", "non-displaceable volume of distribution, K1 / k2"},
    vB_quantity,
    delay_quantity,
};

/// Fits K1, k2 and k3, and vB and the delay where the options ask for it.
Fit fit_two_tissue_irreversible(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options);

/// The curve for parameters K1, k2, k3, vB, delay.
void predict_two_tissue_irreversible(std::span<const double> parameters,
                                     const ScanInput& input,
                                     std::span<double> predicted,
                                     std::span<double> jacobian);

/// The quantities from K1, k2, k3, vB, delay.
void derive_two_tissue_irreversible(std::span<const double> parameters,
                                    const FitOptions& options,
                                    std::span<double> values,
                                    std::span<double> gradient);

inline constexpr Model two_tissue_irreversible = {
    .name = "2tcm-irreversible",
    .label = "2TCM3k",
    .title = "Two-tissue compartment model without release",
    .citation = "Sokoloff L et al. J Neurochem 1977;28:897-916",
    .doi = "10.1111/j.1471-4159.1977.tb10649.x",
    .limits = "Only for tracers that are trapped for the length of the scan.",
    .parameters = two_tissue_irreversible_parameters,
    .quantities = two_tissue_irreversible_quantities,
    .least_frames = 4,
    .vB = Use::optional,
    .delay = Use::optional,
    .predict = &predict_two_tissue_irreversible,
    .derive = &derive_two_tissue_irreversible,
    .fit = &fit_two_tissue_irreversible,
};

}  // namespace pet
