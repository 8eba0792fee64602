// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Graphical analysis of irreversible uptake with a reference region, in the form that has the tissue curve on the left.
//
//   C_T(T) = Ki int_0^T C_R dt + V C_R(T),   T >= t*
//
// Patlak CS, Blasberg RG. J Cereb Blood Flow Metab 1985;5:584-590. doi:10.1038/jcbfm.1985.87
//
// Ki is relative to the reference: k2 k3 / (k2 + k3) of the target, times R1-like ratios of distribution volumes.
// Changes of the reference's distribution volume change it.
inline constexpr std::array patlak_ref_quantities = {
    Quantity{"Ki", "1/min", "influx rate constant relative to the reference, the slope"},
    Quantity{"intercept", "1", "intercept of the plot"},
};

/// Weighted regression of the target over the frames from options.t_star_min on.
Fit fit_patlak_ref(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options);

/// The quantities from the coefficients of the regression.
void derive_patlak_ref(std::span<const double> coefficients,
                       const FitOptions& options,
                       std::span<double> values,
                       std::span<double> gradient);

inline constexpr Model patlak_ref = {
    .name = "patlak-ref",
    .label = "PatlakRef",
    .title = "Patlak plot with reference region",
    .citation = "Patlak CS, Blasberg RG. J Cereb Blood Flow Metab 1985;5:584-590",
    .doi = "10.1038/jcbfm.1985.87",
    .limits = "For tracers that are trapped; Ki is relative to the reference's distribution volume.",
    .quantities = patlak_ref_quantities,
    .least_frames = 3,
    .t_star = Use::required,
    .derive = &derive_patlak_ref,
    .fit = &fit_patlak_ref,
};

}  // namespace pet
