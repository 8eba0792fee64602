// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "kinetic_models/movable_input.h"
#include "kinetic_models/sampled_input.h"
#include "libpet/blood/input_function.h"

namespace pet {

/// Metabolite-corrected arterial plasma and, where it was measured, whole blood, prepared once for all fits of a scan:
/// straight lines through the samples, zero before the first, held at the last value after the last.
class Plasma {
 public:
  /// `delay_min`: how much later than they were sampled the tissue sees the curves, C(t - delay). Throws InputError
  /// where the plasma is already above zero at a first sample after injection: what came before it is not known.
  Plasma(const InputFunction& input,
         const Frames& frames,
         Sampling sampling = Sampling::average,
         double delay_min = 0.0);

  Sampling sampling() const { return sampling_; }
  const Frames& frames() const { return frames_; }
  double delay_min() const { return delay_min_; }
  /// The plasma with its delay, for linear methods.
  const SampledInput& input() const { return input_; }
  /// The plasma without delay, for models that move it.
  const MovableInput& movable() const { return movable_; }
  /// Whole blood without delay. Only where has_whole_blood().
  const MovableInput& whole_blood() const { return *whole_blood_; }
  bool has_whole_blood() const { return whole_blood_.has_value(); }
  /// The last sample, minutes after injection, without delay.
  double end_min() const { return samples_.time_min.back(); }
  /// The same samples seen with another delay.
  Plasma delayed(double delay_min) const { return {samples_, frames_, sampling_, delay_min}; }

 private:
  InputFunction samples_;
  Frames frames_;
  Sampling sampling_;
  double delay_min_;
  SampledInput input_;
  MovableInput movable_;
  std::optional<MovableInput> whole_blood_;
};

}  // namespace pet
