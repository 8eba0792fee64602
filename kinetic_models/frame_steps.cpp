// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/frame_steps.h"

#include <algorithm>
#include <cmath>

#include "kinetic_models/detail/quadratic.h"

namespace pet {
namespace {

constexpr double same_time_min = 1e-9;

std::vector<double> sample_times(const Frames& frames, Sampling sampling) {
  std::vector<double> times;
  for (const Frame& frame : frames) {
    if (sampling == Sampling::midframe) {
      times.push_back(frame.mid_min());
    } else {
      times.push_back(frame.start_min);
      times.push_back(frame.end_min);
    }
  }
  std::sort(times.begin(), times.end());
  return times;
}

int frame_of_step(const Frames& frames, Sampling sampling, double start, double end) {
  for (std::size_t f = 0; f < frames.size(); ++f) {
    const bool belongs = sampling == Sampling::average
                             ? start > frames[f].start_min - same_time_min && end < frames[f].end_min + same_time_min
                             : std::abs(end - frames[f].mid_min()) <= same_time_min;
    if (belongs) return static_cast<int>(f);
  }
  return -1;
}

}  // namespace

std::vector<FrameStep> frame_steps(const InputCurve& curve,
                                   const Frames& frames,
                                   Sampling sampling,
                                   double longest_min) {
  const InputCurve refined = curve.with_knots_at(sample_times(frames, sampling));
  std::vector<FrameStep> steps;
  for (std::size_t i = 0; i < refined.pieces().size(); ++i) {
    const double start = refined.knots()[i];
    const double end = refined.knots()[i + 1];
    const int frame = frame_of_step(frames, sampling, start, end);
    const int parts = std::max(1, static_cast<int>(std::ceil((end - start) / longest_min)));
    const double length = (end - start) / parts;
    for (int part = 0; part < parts; ++part) {
      const bool is_last = part + 1 == parts;
      steps.push_back({start + part * length, length, detail::moved_on(refined.pieces()[i], part * length),
                       sampling == Sampling::average || is_last ? frame : -1});
    }
  }
  return steps;
}

}  // namespace pet
