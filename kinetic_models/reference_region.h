// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "kinetic_models/frame_steps.h"
#include "kinetic_models/movable_input.h"
#include "kinetic_models/sampled_input.h"
#include "libpet/blood/input_function.h"
#include "libpet/time_activity_curve.h"

namespace pet {

/// The curve of a region without the target receptor, prepared once for all fits of a scan, with the scan's whole blood
/// where a model needs it.
class ReferenceRegion {
 public:
  /// Throws InputError for fewer than three frames.
  explicit ReferenceRegion(TimeActivityCurve tac, Sampling sampling = Sampling::average);
  /// With whole blood, in the unit of the curve. Throws InputError where the input function has none.
  ReferenceRegion(TimeActivityCurve tac, Sampling sampling, const InputFunction& blood);

  /// Another measurement of the region's curve, on the same frames, with the same blood.
  ReferenceRegion with_curve(TimeActivityCurve tac) const;

  const TimeActivityCurve& tac() const { return tac_; }
  Sampling sampling() const { return sampling_; }
  const SampledInput& input() const { return input_; }
  /// The same curve with the derivatives that coinciding rates need.
  const MovableInput& movable() const { return movable_; }
  /// The same curve in steps of half a minute at most, for models whose rates change with time.
  /// Made when they are first asked for, from any thread.
  const std::vector<FrameStep>& steps() const;
  bool has_whole_blood() const { return whole_blood_.has_value(); }
  const MovableInput& whole_blood() const { return *whole_blood_; }

 private:
  struct LazySteps {
    std::once_flag once;
    std::vector<FrameStep> steps;
  };

  TimeActivityCurve tac_;
  Sampling sampling_;
  SampledInput input_;
  MovableInput movable_;
  std::shared_ptr<LazySteps> steps_ = std::make_shared<LazySteps>();  // of copies too: they have the same curve
  std::optional<MovableInput> whole_blood_;
};

}  // namespace pet
