// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/plasma.h"

#include <string>

#include "libpet/error.h"

namespace pet {
namespace {

const InputFunction& checked(const InputFunction& input) {
  if (input.time_min.front() > 0.0 && input.parent_plasma.front() > 0.0)
    throw bad_input(
        "input function",
        "a first sample " + std::to_string(input.time_min.front()) + " min after injection that is not zero",
        "a sample at or before injection, or a curve that starts from zero");
  return input;
}

std::vector<double> moved(std::vector<double> times, double delay_min) {
  for (double& time : times) time += delay_min;
  return times;
}

}  // namespace

Plasma::Plasma(const InputFunction& input, const Frames& frames, Sampling sampling, double delay_min)
    : samples_(checked(input)),
      frames_(frames),
      sampling_(sampling),
      delay_min_(delay_min),
      input_(sampled_curve(moved(input.time_min, delay_min), input.parent_plasma), frames, sampling),
      movable_(sampled_curve(input.time_min, input.parent_plasma), frames, sampling) {
  if (!input.whole_blood.empty())
    whole_blood_.emplace(sampled_curve(input.time_min, input.whole_blood), frames, sampling);
}

}  // namespace pet
