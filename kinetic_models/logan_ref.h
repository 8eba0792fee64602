// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Graphical analysis of reversible binding with a reference region.
//
//   int_0^T C_T dt / C_T(T) = DVR ( int_0^T C_R dt + C_R(T) / k2prime ) / C_T(T) + b,   T >= t*;   BPND = DVR - 1
//
// Logan J et al. J Cereb Blood Flow Metab 1996;16:834-840. doi:10.1097/00004647-199609000-00008
//
// Without k2prime its term is left out, which is right only where C_R / C_T is constant from t* on. Noise biases BPND
// low.
inline constexpr std::array logan_ref_quantities = {
    Quantity{"BPND", "1", "binding potential, specific to non-displaceable, DVR - 1"},
    Quantity{"DVR", "1", "distribution volume ratio, the slope"},
    Quantity{"intercept", "min", "intercept of the plot"},
};

/// Regression of the plot over the frames from options.t_star_min on; options.k2prime may be missing.
Fit fit_logan_ref(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options);

/// The quantities from the coefficients of the regression.
void derive_logan_ref(std::span<const double> coefficients,
                      const FitOptions& options,
                      std::span<double> values,
                      std::span<double> gradient);

inline constexpr Model logan_ref = {
    .name = "logan-ref",
    .label = "LoganRef",
    .title = "Logan plot with reference region",
    .citation = "Logan J et al. J Cereb Blood Flow Metab 1996;16:834-840",
    .doi = "10.1097/00004647-199609000-00008",
    .limits =
        "Biased low by noise and by a t* that is too early; without k2prime the efflux term of the reference is left "
        "out.",
    .quantities = logan_ref_quantities,
    .least_frames = 3,
    .k2prime = Use::optional,
    .t_star = Use::required,
    .divides_by_target = true,
    .k2prime_model = "mrtm",
    .derive = &derive_logan_ref,
    .fit = &fit_logan_ref,
};

}  // namespace pet
