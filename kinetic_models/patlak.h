// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Graphical analysis of irreversible uptake with a plasma input, in the form that has the tissue curve on the left.
//
//   C_T(T) = Ki int_0^T C_p dt + V0 C_p(T),   T >= t*
//
// which is the line C_T / C_p = Ki (int C_p / C_p) + V0 with every point weighted by the inverse variance that it has.
//
// Patlak CS, Blasberg RG, Fenstermacher JD. J Cereb Blood Flow Metab 1983;3:1-7. doi:10.1038/jcbfm.1983.1
//
// Straight from the t* on after which all reversible compartments follow the plasma. Where the tracer is released, the
// plot bends down and Ki falls with t*.
inline constexpr std::array patlak_quantities = {
    Quantity{"Ki", "mL/cm3/min", "net influx rate constant, the slope"},
    Quantity{"V0", "mL/cm3", "intercept of the plot"},
};

/// Weighted regression of the target over the frames from options.t_star_min on.
Fit fit_patlak(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options);

/// The quantities from the coefficients of the regression.
void derive_patlak(std::span<const double> coefficients,
                   const FitOptions& options,
                   std::span<double> values,
                   std::span<double> gradient);

inline constexpr Model patlak = {
    .name = "patlak",
    .label = "Patlak",
    .title = "Patlak plot with plasma input",
    .citation = "Patlak CS, Blasberg RG, Fenstermacher JD. J Cereb Blood Flow Metab 1983;3:1-7",
    .doi = "10.1038/jcbfm.1983.1",
    .limits = "For tracers that are trapped; a tracer that is released gives a Ki that falls with t*.",
    .quantities = patlak_quantities,
    .least_frames = 3,
    .t_star = Use::required,
    .vB = Use::optional,
    .delay = Use::optional,
    .derive = &derive_patlak,
    .fit = &fit_patlak,
};

}  // namespace pet
