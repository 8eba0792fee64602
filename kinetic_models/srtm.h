// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Simplified reference tissue model: one tissue compartment in the target and in the reference.
//
//   C_T(t) = R1 C_R(t) + (k2 - R1 k2a) C_R(t) (x) exp(-k2a t),    k2a = k2 / (1 + BPND)
//
// Lammertsma AA, Hume SP. NeuroImage 1996;4:153-158. doi:10.1006/nimg.1996.0066
//
// Biased where the target's free and bound tracer do not equilibrate fast, or where the reference binds the tracer. k2a
// is singular at BPND = -1: the bounds keep fits clear of it. Below a BPND of about 0.5 the minimum is flat (flag
// low_binding).
inline constexpr std::array srtm_parameters = {
    Parameter{.symbol = "R1", .unit = "1", .initial = 1.0, .lower = 0.0, .upper = 10.0, .floor = -1.0},
    Parameter{.symbol = "k2", .unit = "1/min", .initial = 0.1, .lower = 1e-4, .upper = 2.0, .floor = 0.0},
    Parameter{.symbol = "BPND", .unit = "1", .initial = 1.0, .lower = -0.9, .upper = 20.0, .floor = -1.0},
};

inline constexpr std::array srtm_quantities = {
    Quantity{"BPND", "1", "binding potential, specific to non-displaceable"},
    Quantity{"R1", "1", "K1 of the target over K1 of the reference"},
    Quantity{"k2", "1/min", "efflux rate constant of the target"},
    Quantity{"k2a", "1/min", "apparent efflux rate constant, k2 / (1 + BPND)"},
    Quantity{"k2prime", "1/min", "efflux rate constant of the reference, k2 / R1"},
};

/// Fits R1, k2 and BPND to `target`, which must be on the reference's frames.
Fit fit_srtm(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options = {});

/// The curve for parameters R1, k2, BPND.
void predict_srtm(std::span<const double> parameters,
                  const ScanInput& input,
                  std::span<double> predicted,
                  std::span<double> jacobian);

/// The quantities from R1, k2 and BPND.
void derive_srtm(std::span<const double> parameters,
                 const FitOptions& options,
                 std::span<double> values,
                 std::span<double> gradient);

inline constexpr Model srtm = {
    .name = "srtm",
    .label = "SRTM",
    .title = "Simplified reference tissue model",
    .citation = "Lammertsma AA, Hume SP. NeuroImage 1996;4:153-158",
    .doi = "10.1006/nimg.1996.0066",
    .limits =
        "Biased where free and bound tracer equilibrate slowly or the reference binds the tracer; flat below BPND 0.5.",
    .parameters = srtm_parameters,
    .quantities = srtm_quantities,
    .least_frames = 4,
    .predict = &predict_srtm,
    .derive = &derive_srtm,
    .fit = &fit_srtm,
};

}  // namespace pet
