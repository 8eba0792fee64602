// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/plasma_parameters.h"

namespace pet {

// Full reference tissue model: two tissue compartments in the target, one in the reference, with the same K1 / k2.
//
//   C_T = R1 { C_R + (k2prime - k2) y(a) + (k3 + k4 - b) (k2prime - b) y[a, b] },   k2prime = k2 / R1
//   y(a) = C_R (x) exp(-a t),   y[a, b] = (y(b) - y(a)) / (a - b) = C_R (x) exp(-a t) (x) exp(-b t)
//
// a, b the roots of th^2 - (k2 + k3 + k4) th + k2 k4; it follows from the reference's equation solved for the plasma.
// Where the roots coincide the curve is its series in their difference.
//
// Lammertsma AA et al. J Cereb Blood Flow Metab 1996;16:42-52. doi:10.1097/00004647-199601000-00005
//
// Four parameters are more than most curves determine: look at the interval of BPND, and prefer srtm where it describes
// the data as well.
inline constexpr std::array frtm_parameters = {
    Parameter{.symbol = "R1", .unit = "1", .initial = 1.0, .lower = 1e-3, .upper = 10.0, .floor = 0.0},
    k2_parameter,
    k3_parameter,
    k4_parameter,
};

inline constexpr std::array frtm_quantities = {
    Quantity{"BPND", "1", "binding potential, specific to non-displaceable, k3 / k4"},
    Quantity{"R1", "1", "K1 of the target over K1 of the reference"},
    k2_quantity,
    k3_quantity,
    k4_quantity,
    Quantity{"k2prime", "1/min", "efflux rate constant of the reference, k2 / R1"},
};

/// Fits R1, k2, k3 and k4 to `target`, which must be on the reference's frames.
Fit fit_frtm(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options);

/// The curve for parameters R1, k2, k3, k4.
void predict_frtm(std::span<const double> parameters,
                  const ScanInput& input,
                  std::span<double> predicted,
                  std::span<double> jacobian);

/// The quantities from R1, k2, k3, k4.
void derive_frtm(std::span<const double> parameters,
                 const FitOptions& options,
                 std::span<double> values,
                 std::span<double> gradient);

inline constexpr Model frtm = {
    .name = "frtm",
    .label = "FRTM",
    .title = "Full reference tissue model",
    .citation = "Lammertsma AA et al. J Cereb Blood Flow Metab 1996;16:42-52",
    .doi = "10.1097/00004647-199601000-00005",
    .limits = "More parameters than most curves determine; look at the interval of BPND.",
    .parameters = frtm_parameters,
    .quantities = frtm_quantities,
    .least_frames = 5,
    .predict = &predict_frtm,
    .derive = &derive_frtm,
    .fit = &fit_frtm,
};

}  // namespace pet
