// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Linear parametric neurotransmitter PET (lp-ntPET): the multilinear reference tissue model with an efflux that rises
// and falls after a drug or task.
//
//   C_T(T) = R1 C_R(T) + k2 int_0^T C_R dt - k2a int_0^T C_T dt - gamma int_0^T C_T h(t) dt
//   h(t) = (tau exp(1 - tau))^alpha,   tau = (t - onset) / (peak - onset),   0 before the onset, 1 at the peak
//   BPND(t) = k2 / (k2a + gamma h(t)) - 1,   occupancy = 1 - BPND(peak) / BPND(0)
//
// Normandin MD, Schiffer WK, Morris ED. NeuroImage 2012;59:2689-2699. doi:10.1016/j.neuroimage.2011.07.002
//
// Linear in four coefficients for a given h. The shape alpha is one of 0.25, 1 and 4; onset and peak start from a grid
// of frame edges, as in the paper, and move on to the least-squares optimum. Noise in C_T is on both sides. Four
// coefficients and three numbers of h always find some response: one that mrtm does without as well, by AICc with seven
// numbers against three, is flagged no_displacement.
inline constexpr std::array lp_ntpet_quantities = {
    Quantity{"BPND", "1", "binding potential before the response, specific to non-displaceable"},
    Quantity{"occupancy", "1", "fraction of BPND that is gone at the peak of the response"},
    Quantity{"onset", "min", "time after injection at which the response begins"},
    Quantity{"peak", "min", "time after injection at which the response is greatest"},
    Quantity{"alpha", "1", "sharpness of the response"},
    Quantity{"gamma", "1/min", "efflux rate constant that the response adds at its peak"},
    Quantity{"R1", "1", "K1 of the target over K1 of the reference"},
    Quantity{"k2", "1/min", "efflux rate constant of the target"},
    Quantity{"k2a", "1/min", "apparent efflux rate constant before the response, k2 / (1 + BPND)"},
    Quantity{"k2prime", "1/min", "efflux rate constant of the reference, k2 / R1"},
};

/// Fits the four coefficients with the response that leaves the least weighted sum of squares. Standard errors carry
/// the noise of the target on both sides and the choice of onset and peak to first order, not that of alpha.
Fit fit_lp_ntpet(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options = {});

/// The quantities from R1, k2, k2a, gamma, onset, peak and alpha.
void derive_lp_ntpet(std::span<const double> coefficients,
                     const FitOptions& options,
                     std::span<double> values,
                     std::span<double> gradient);

inline constexpr Model lp_ntpet = {
    .name = "lp-ntpet",
    .label = "LpNtPET",
    .title = "Linear parametric neurotransmitter PET",
    .citation = "Normandin MD, Schiffer WK, Morris ED. NeuroImage 2012;59:2689-2699",
    .doi = "10.1016/j.neuroimage.2011.07.002",
    .limits = "Finds some response in any curve; flagged where mrtm, without one, is as good by AICc.",
    .quantities = lp_ntpet_quantities,
    .least_frames = 9,
    .derive = &derive_lp_ntpet,
    .fit = &fit_lp_ntpet,
};

}  // namespace pet
