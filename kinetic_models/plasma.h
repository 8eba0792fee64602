// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kinetic_models/sampled_input.h"
#include "libpet/blood/input_function.h"

namespace pet {

/// Metabolite-corrected arterial plasma, prepared once for all fits of a scan: straight lines through the samples, held
/// at the last value after the last sample.
class Plasma {
 public:
  Plasma(const InputFunction& input, const Frames& frames, Sampling sampling = Sampling::average);

  Sampling sampling() const { return sampling_; }
  const SampledInput& input() const { return input_; }
  /// Minutes of the scan after the last plasma sample, over which the last value is held.
  double held_min() const { return held_min_; }

 private:
  Sampling sampling_;
  SampledInput input_;
  double held_min_;
};

}  // namespace pet
