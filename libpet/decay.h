// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace pet {

/// ln 2 / half-life, in 1/min. Throws InputError unless the half-life is positive and finite.
double decay_constant(double half_life_min);

/// What turns the mean measured activity of a frame into activity at the reference time:
/// exp(lambda (start - reference)) lambda T / (1 - exp(-lambda T)), T = end - start. All times in minutes.
/// DICOM PS3.3 C.8.9.4 (Decay Factor); exact also for T -> 0.
double frame_decay_factor(double start_min, double end_min, double half_life_min, double reference_min = 0.0);

/// exp(lambda (from - to)): multiplies activity that is corrected to `from_min` so that it is corrected to
/// `to_min`. The same for every frame.
double decay_reference_shift(double from_min, double to_min, double half_life_min);

/// Half-life in minutes of a radionuclide as BIDS or DICOM write it ("C11", "11C", "^11^Carbon", "C-11"), or
/// nothing for one that is not in the table. For use only where a file gives no half-life of its own.
std::optional<double> half_life_of(std::string_view radionuclide);

}  // namespace pet
