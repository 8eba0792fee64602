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

}  // namespace

Plasma::Plasma(const InputFunction& input, const Frames& frames, Sampling sampling)
    : sampling_(sampling),
      frames_(frames),
      input_(sampled_curve(checked(input).time_min, input.parent_plasma), frames, sampling),
      end_min_(input.time_min.back()) {}

}  // namespace pet
