// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Displacement within one scan: the simplified reference tissue model with an occupancy that rises after a drug.
//
//   dC_T/dt = R1 dC_R/dt + k2 C_R - k2a(t) C_T,   k2a(t) = k2 / (1 + BPND (1 - O(t)))
//   O(t) = 0 up to the onset, occupancy (1 - exp(-rise (t - onset))) from it on
//
// It follows from one tissue compartment in the reference and, in the target, bound tracer that is at all times in
// equilibrium with the free, C_B = BPND (1 - O(t)) C_F. The occupancy is the solution of dO/dt = kon C (1 - O) - koff O
// for a drug whose concentration C steps up at the onset: rise = kon C + koff, occupancy = kon C / rise.
//
// Simplified reference tissue model: Lammertsma AA, Hume SP. NeuroImage 1996;4:153-158. Time-dependent efflux by a
// competitor: Alpert NM et al. NeuroImage 2003;19:1049-1060; occupancy from a single scan: Laurell GL et al. J Cereb
// Blood Flow Metab 2023, doi:10.1177/0271678X231168591 (there with plasma input and another form of O(t)).
//
// The onset and the rise are determined only where the occupancy is clearly not zero: a fit that is no better than srtm
// by AICc is flagged no_displacement. A slow rise that does not end
// within the scan makes the final occupancy an extrapolation: look at its interval.
inline constexpr std::array displacement_parameters = {
    Parameter{.symbol = "R1", .unit = "1", .initial = 1.0, .lower = 0.0, .upper = 10.0, .floor = -1.0},
    Parameter{.symbol = "k2", .unit = "1/min", .initial = 0.1, .lower = 1e-4, .upper = 2.0, .floor = 0.0},
    Parameter{.symbol = "BPND", .unit = "1", .initial = 1.0, .lower = -0.45, .upper = 20.0, .floor = -0.5},
    Parameter{.symbol = "occupancy", .unit = "1", .initial = 0.5, .lower = -0.9, .upper = 1.0, .floor = -1.0},
    Parameter{.symbol = "onset", .unit = "min", .initial = 60.0, .lower = 0.0, .upper = 600.0, .floor = -1.0},
    Parameter{.symbol = "rise", .unit = "1/min", .initial = 0.1, .lower = 0.005, .upper = 2.0, .floor = 0.0},
};

inline constexpr std::array displacement_quantities = {
    Quantity{"BPND", "1", "binding potential before the drug, specific to non-displaceable"},
    Quantity{"occupancy", "1", "fraction of BPND that the drug takes away in the end"},
    Quantity{"onset", "min", "time after injection at which the occupancy begins to rise"},
    Quantity{"rise", "1/min", "rate at which the occupancy approaches its end"},
    Quantity{"R1", "1", "K1 of the target over K1 of the reference"},
    Quantity{"k2", "1/min", "efflux rate constant of the target"},
    Quantity{"k2a", "1/min", "apparent efflux rate constant before the drug, k2 / (1 + BPND)"},
    Quantity{"k2prime", "1/min", "efflux rate constant of the reference, k2 / R1"},
};

/// Fits the six parameters to `target`, which must be on the reference's frames. The onset is searched where at least
/// five frames lie before it and three after, within its bounds.
Fit fit_displacement(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options = {});

/// The curve for parameters R1, k2, BPND, occupancy, onset, rise.
void predict_displacement(std::span<const double> parameters,
                          const ScanInput& input,
                          std::span<double> predicted,
                          std::span<double> jacobian);

/// The quantities from R1, k2, BPND, occupancy, onset and rise.
void derive_displacement(std::span<const double> parameters,
                         const FitOptions& options,
                         std::span<double> values,
                         std::span<double> gradient);

inline constexpr Model displacement = {
    .name = "displacement",
    .label = "Displacement",
    .title = "Reference tissue model with an occupancy that rises within the scan",
    .citation = "Laurell GL et al. J Cereb Blood Flow Metab 2023",
    .doi = "10.1177/0271678X231168591",
    .limits =
        "Needs a drug given within the scan and enough frames before and after it; flagged where srtm does as well.",
    .parameters = displacement_parameters,
    .quantities = displacement_quantities,
    .least_frames = 8,
    .predict = &predict_displacement,
    .derive = &derive_displacement,
    .fit = &fit_displacement,
};

}  // namespace pet
