// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Multilinear analysis (MA1) with a plasma input, linear in its two coefficients.
//
//   C_T(T) = g1 int_0^T C_p dt + g2 int_0^T C_T dt,   T >= t*;   VT = -g1 / g2
//
// Ichise M et al. J Cereb Blood Flow Metab 2002;22:1271-1281. doi:10.1097/01.WCB.0000038000.34930.4E
//
// Valid from the t* after which the tissue is in transient equilibrium. With options.vB the
// curve is (C - vB C_wholeblood) / (1 - vB).
inline constexpr std::array ma1_quantities = {
    Quantity{"VT", "mL/cm3", "total volume of distribution"},
    Quantity{"b", "1/min", "coefficient of the tissue integral, g2"},
};

/// Fits the two coefficients by weighted linear least squares to the frames from options.t_star_min on.
Fit fit_ma1(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options);

/// The quantities from the coefficients of the regression.
void derive_ma1(std::span<const double> coefficients,
                const FitOptions& options,
                std::span<double> values,
                std::span<double> gradient);

inline constexpr Model ma1 = {
    .name = "ma1",
    .label = "MA1",
    .title = "Multilinear analysis",
    .citation = "Ichise M et al. J Cereb Blood Flow Metab 2002;22:1271-1281",
    .doi = "10.1097/01.WCB.0000038000.34930.4E",
    .limits = "Needs a t* late enough for transient equilibrium; without vB blood in the region counts as tissue.",
    .quantities = ma1_quantities,
    .least_frames = 3,
    .t_star = Use::required,
    .vB = Use::optional,
    .delay = Use::optional,
    .derive = &derive_ma1,
    .fit = &fit_ma1,
};

}  // namespace pet
