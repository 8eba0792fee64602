// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Graphical analysis of reversible binding with a plasma input.
//
//   int_0^T C_T dt / C_T(T) = VT int_0^T C_p dt / C_T(T) + b,   T >= t*
//
// Logan J et al. J Cereb Blood Flow Metab 1990;10:740-747. doi:10.1038/jcbfm.1990.127
//
// Noise in C_T biases VT low; before t* the plot is curved and VT too low as well. With
// options.vB the curve is (C - vB C_wholeblood) / (1 - vB).
inline constexpr std::array logan_quantities = {
    Quantity{"VT", "mL/cm3", "total volume of distribution, the slope"},
    Quantity{"intercept", "min", "intercept of the plot"},
};

/// Regression of the plot over the frames from options.t_star_min on, with the frame weights as weights of its points.
Fit fit_logan(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options);

/// The quantities from the coefficients of the regression.
void derive_logan(std::span<const double> coefficients,
                  const FitOptions& options,
                  std::span<double> values,
                  std::span<double> gradient);

inline constexpr Model logan = {
    .name = "logan",
    .label = "Logan",
    .title = "Logan plot with plasma input",
    .citation = "Logan J et al. J Cereb Blood Flow Metab 1990;10:740-747",
    .doi = "10.1038/jcbfm.1990.127",
    .limits = "Biased low by noise and by a t* that is too early; without vB blood in the region counts as tissue.",
    .quantities = logan_quantities,
    .least_frames = 3,
    .t_star = Use::required,
    .vB = Use::optional,
    .delay = Use::optional,
    .divides_by_target = true,
    .derive = &derive_logan,
    .fit = &fit_logan,
};

}  // namespace pet
