// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Ratio of the mean activities of target and reference over the frames from t* (to t-end, if given).
//
//   SUVR = sum dt C_T / sum dt C_R;   BPND = SUVR - 1
//
// The ratio equals the distribution volume ratio only at equilibrium (bolus plus infusion, or a tracer at its secular
// ratio): after a bolus it overestimates BPND and changes with flow and clearance. Carson RE et al. J Cereb Blood Flow
// Metab 1993;13:24-42. doi:10.1038/jcbfm.1993.6
inline constexpr std::array suvr_quantities = {
    Quantity{"BPND", "1", "SUVR - 1, a binding potential at equilibrium only"},
    Quantity{"SUVR", "1", "ratio of mean activities"},
};

/// The ratio over the frames from options.t_star_min to options.t_end_min. Its standard error comes from the scatter of
/// the frames about the ratio (ratio estimator); frame weights are not used.
Fit fit_suvr(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options);

/// The quantities from the coefficients of the regression.
void derive_suvr(std::span<const double> coefficients,
                 const FitOptions& options,
                 std::span<double> values,
                 std::span<double> gradient);

inline constexpr Model suvr = {
    .name = "suvr",
    .label = "SUVR",
    .title = "Uptake ratio of target and reference",
    .citation = "Carson RE et al. J Cereb Blood Flow Metab 1993;13:24-42",
    .doi = "10.1038/jcbfm.1993.6",
    .limits = "A binding potential at equilibrium only: after a bolus it depends on time, flow and clearance.",
    .quantities = suvr_quantities,
    .least_frames = 1,
    .t_star = Use::required,
    .uses_weights = false,
    .derive = &derive_suvr,
    .fit = &fit_suvr,
};

}  // namespace pet
