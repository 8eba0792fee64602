// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "kinetic_models/blood/blood_model.h"
#include "kinetic_models/blood/interpolation.h"

namespace pet {

// Models of the parent in plasma in units of its largest sample.

//   triexp   after the peak at t_peak, s = t - t_peak, and through it:
//            s1 exp(-l1 s) + (1 - s1) (s2 exp(-l2 s) + (1 - s2) exp(-l3 s))
inline constexpr std::array triexp_parameters = {
    Parameter{.symbol = "s1", .unit = "1", .initial = 0.8, .lower = 0.0, .upper = 1.0, .floor = -1.0},
    Parameter{.symbol = "s2", .unit = "1", .initial = 0.7, .lower = 0.0, .upper = 1.0, .floor = -1.0},
    Parameter{.symbol = "l1", .unit = "1/min", .initial = 3.0, .lower = 0.1, .upper = 60.0, .floor = 0.0},
    Parameter{.symbol = "l2", .unit = "1/min", .initial = 0.3, .lower = 0.01, .upper = 10.0, .floor = 0.0},
    Parameter{.symbol = "l3", .unit = "1/min", .initial = 0.01, .lower = 1e-6, .upper = 1.0, .floor = 0.0},
};

//   feng     (A1 s - A2 - A3) exp(-l1 s) + A2 exp(-l2 s) + A3 exp(-l3 s), s = t - t0, zero before t0
// Feng D, Huang SC, Wang X. Int J Biomed Comput 1993;32:95-110. doi:10.1016/0020-7101(93)90049-C. For a short bolus; an
// infusion over minutes is not of this shape.
inline constexpr std::array feng_parameters = {
    Parameter{.symbol = "t0", .unit = "min", .initial = 0.4, .lower = 0.0, .upper = 5.0, .floor = -1.0},
    Parameter{.symbol = "A1", .unit = "peak/min", .initial = 8.0, .lower = 1e-3, .upper = 1000.0, .floor = 0.0},
    Parameter{.symbol = "A2", .unit = "peak", .initial = 0.2, .lower = 0.0, .upper = 10.0, .floor = -1.0},
    Parameter{.symbol = "A3", .unit = "peak", .initial = 0.05, .lower = 0.0, .upper = 10.0, .floor = -1.0},
    Parameter{.symbol = "l1", .unit = "1/min", .initial = 4.0, .lower = 0.1, .upper = 60.0, .floor = 0.0},
    Parameter{.symbol = "l2", .unit = "1/min", .initial = 0.3, .lower = 0.01, .upper = 10.0, .floor = 0.0},
    Parameter{.symbol = "l3", .unit = "1/min", .initial = 0.01, .lower = 1e-6, .upper = 1.0, .floor = 0.0},
};

/// The curve of parent in plasma by a model.
struct ArterialInput {
  BloodCurve curve;
  BloodFit fit;
  double peak = 0.0;  ///< the largest sample, kBq/mL: the unit of the amplitudes
  double peak_min = 0.0;
};

/// Fits `model`, "triexp" or "feng", to samples of parent in plasma. Each weighs the time that it stands for over
/// max(C, 1 % of the peak), C from the curve itself by reweighting: variance in proportion to the concentration, and no
/// more weight to a stretch for being sampled densely. `before_peak` is the curve that "triexp" keeps up to its peak.
/// Throws InputError for too few samples.
ArterialInput fit_arterial_input(const SampleSeries& parent_plasma,
                                 std::string_view model,
                                 const BloodCurve& before_peak);

}  // namespace pet
