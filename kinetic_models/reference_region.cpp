// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/reference_region.h"

#include <utility>

#include "libpet/error.h"

namespace pet {
namespace {

constexpr double longest_step_min = 0.5;

}  // namespace

ReferenceRegion::ReferenceRegion(TimeActivityCurve tac, Sampling sampling)
    : tac_(std::move(tac)),
      sampling_(sampling),
      input_(measured_curve(tac_, sampling), tac_.frames, sampling),
      movable_(measured_curve(tac_, sampling), tac_.frames, sampling) {}

ReferenceRegion::ReferenceRegion(TimeActivityCurve tac, Sampling sampling, const InputFunction& blood)
    : ReferenceRegion(std::move(tac), sampling) {
  if (blood.whole_blood.empty())
    throw bad_input("input function", "no whole blood", "a column whole_blood_radioactivity");
  whole_blood_.emplace(sampled_curve(blood.time_min, blood.whole_blood), tac_.frames, sampling);
}

const std::vector<FrameStep>& ReferenceRegion::steps() const {
  std::call_once(steps_->once, [&] {
    steps_->steps = frame_steps(measured_curve(tac_, sampling_), tac_.frames, sampling_, longest_step_min);
  });
  return steps_->steps;
}

ReferenceRegion ReferenceRegion::with_curve(TimeActivityCurve tac) const {
  ReferenceRegion region(std::move(tac), sampling_);
  region.whole_blood_ = whole_blood_;
  return region;
}

}  // namespace pet
