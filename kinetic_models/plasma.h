// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kinetic_models/sampled_input.h"
#include "libpet/blood/input_function.h"

namespace pet {

/// Metabolite-corrected arterial plasma, prepared once for all fits of a scan: straight lines through the samples, held
/// at the last value after the last sample.
class Plasma {
 public:
  /// Throws InputError where the curve is already above zero at a first sample after injection: what came before it is
  /// not known.
  Plasma(const InputFunction& input, const Frames& frames, Sampling sampling = Sampling::average);

  Sampling sampling() const { return sampling_; }
  const SampledInput& input() const { return input_; }
  const Frames& frames() const { return frames_; }
  /// The last sample, minutes after injection.
  double end_min() const { return end_min_; }

 private:
  Sampling sampling_;
  Frames frames_;
  SampledInput input_;
  double end_min_;
};

}  // namespace pet
