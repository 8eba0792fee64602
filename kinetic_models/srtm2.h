// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "kinetic_models/model.h"

namespace pet {

// Simplified reference tissue model with the reference's efflux rate constant k2prime fixed.
//
//   C_T(t) = R1 [ C_R(t) + (k2prime - k2a) C_R(t) (x) exp(-k2a t) ],    k2a = R1 k2prime / (1 + BPND)
//
// Wu Y, Carson RE. J Cereb Blood Flow Metab 2002;22:1440-1452. doi:10.1097/01.WCB.0000033967.83623.34
//
// As good as its k2prime, which is held at options.k2prime or shared by the regions of a scan. Otherwise as srtm.
inline constexpr std::array srtm2_parameters = {
    Parameter{.symbol = "R1", .unit = "1", .initial = 1.0, .lower = 1e-3, .upper = 10.0, .floor = 0.0},
    Parameter{.symbol = "BPND", .unit = "1", .initial = 1.0, .lower = -0.9, .upper = 20.0, .floor = -1.0},
    Parameter{
        .symbol = "k2prime", .unit = "1/min", .initial = 0.1, .lower = 1e-4, .upper = 2.0, .floor = 0.0, .held = 0.1},
};

inline constexpr std::array srtm2_quantities = {
    Quantity{"BPND", "1", "binding potential, specific to non-displaceable"},
    Quantity{"R1", "1", "K1 of the target over K1 of the reference"},
    Quantity{"k2", "1/min", "efflux rate constant of the target, R1 k2prime"},
    Quantity{"k2a", "1/min", "apparent efflux rate constant, k2 / (1 + BPND)"},
};

/// Fits R1 and BPND with options.k2prime fixed. Throws UsageError without it.
Fit fit_srtm2(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options);

/// The curve for parameters R1, BPND, k2prime.
void predict_srtm2(std::span<const double> parameters,
                   const ScanInput& input,
                   std::span<double> predicted,
                   std::span<double> jacobian);

/// The quantities from R1, BPND and k2prime.
void derive_srtm2(std::span<const double> parameters,
                  const FitOptions& options,
                  std::span<double> values,
                  std::span<double> gradient);

inline constexpr Model srtm2 = {
    .name = "srtm2",
    .label = "SRTM2",
    .title = "Simplified reference tissue model with fixed k2prime",
    .citation = "Wu Y, Carson RE. J Cereb Blood Flow Metab 2002;22:1440-1452",
    .doi = "10.1097/01.WCB.0000033967.83623.34",
    .limits = "As good as its k2prime, which must come from a region with high binding of the same scan.",
    .parameters = srtm2_parameters,
    .quantities = srtm2_quantities,
    .least_frames = 3,
    .k2prime = Use::required,
    .k2prime_model = "srtm",
    .predict = &predict_srtm2,
    .derive = &derive_srtm2,
    .fit = &fit_srtm2,
};

}  // namespace pet
