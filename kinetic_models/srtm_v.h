// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/plasma_parameters.h"

namespace pet {

// Simplified reference tissue model with blood in the target and in the reference, for tracers with a signal from
// vessels.
//
//   C_R = (1 - vBref) C_r + vBref C_b,    C = (1 - vB) C_T + vB C_b
//   C_T = R1 C_r + (k2 - R1 k2a) C_r (x) exp(-k2a t),    k2a = k2 / (1 + BPND)
//
// C_R and C are measured, C_b is whole blood, C_r and C_T are tissue alone.
//
// Tomasi G et al. J Nucl Med 2008;49:1249-1256. doi:10.2967/jnumed.108.050583
//
// vBref is held, as in that paper: it is hardly determined beside vB. Whole blood comes from an image or from samples;
// metabolites do not matter to it.
inline constexpr std::array srtm_v_parameters = {
    Parameter{.symbol = "R1", .unit = "1", .initial = 1.0, .lower = 0.0, .upper = 10.0, .floor = -1.0},
    k2_parameter,
    Parameter{.symbol = "BPND", .unit = "1", .initial = 1.0, .lower = -0.9, .upper = 20.0, .floor = -1.0},
    vB_parameter,
    Parameter{.symbol = "vBref",
              .unit = "1",
              .initial = 0.05,
              .lower = 0.0,
              .upper = 0.3,
              .floor = none_below_zero,
              .held = 0.05},
};

inline constexpr std::array srtm_v_quantities = {
    Quantity{"BPND", "1", "binding potential, specific to non-displaceable"},
    Quantity{"R1", "1", "K1 of the target over K1 of the reference"},
    k2_quantity,
    Quantity{"k2a", "1/min", "apparent efflux rate constant, k2 / (1 + BPND)"},
    Quantity{"k2prime", "1/min", "efflux rate constant of the reference, k2 / R1"},
    vB_quantity,
    Quantity{"vBref", "1", "fraction of blood in the reference"},
};

/// Fits R1, k2 and BPND, and vB where the options ask for it, to `target`. The reference must carry whole blood.
Fit fit_srtm_v(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options);

/// The curve for parameters R1, k2, BPND, vB, vBref.
void predict_srtm_v(std::span<const double> parameters,
                    const ScanInput& input,
                    std::span<double> predicted,
                    std::span<double> jacobian);

/// The quantities from R1, k2, BPND, vB, vBref.
void derive_srtm_v(std::span<const double> parameters,
                   const FitOptions& options,
                   std::span<double> values,
                   std::span<double> gradient);

inline constexpr Model srtm_v = {
    .name = "srtm-v",
    .label = "SRTMV",
    .title = "Simplified reference tissue model with blood volumes",
    .citation = "Tomasi G et al. J Nucl Med 2008;49:1249-1256",
    .doi = "10.2967/jnumed.108.050583",
    .limits = "Needs whole blood; vB of the reference is hardly determined and held.",
    .parameters = srtm_v_parameters,
    .quantities = srtm_v_quantities,
    .least_frames = 5,
    .vB = Use::optional,
    .needs_blood = true,
    .predict = &predict_srtm_v,
    .derive = &derive_srtm_v,
    .fit = &fit_srtm_v,
};

}  // namespace pet
