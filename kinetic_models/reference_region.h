// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kinetic_models/sampled_input.h"
#include "libpet/time_activity_curve.h"

namespace pet {

/// The curve of a region without the target receptor, prepared once for all fits of a scan.
class ReferenceRegion {
 public:
  /// Throws InputError for fewer than three frames.
  explicit ReferenceRegion(TimeActivityCurve tac, Sampling sampling = Sampling::average);

  const TimeActivityCurve& tac() const { return tac_; }
  Sampling sampling() const { return sampling_; }
  const SampledInput& input() const { return input_; }

 private:
  TimeActivityCurve tac_;
  Sampling sampling_;
  SampledInput input_;
};

}  // namespace pet
