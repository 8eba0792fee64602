// SPDX-License-Identifier: Apache-2.0
#include "libpet/frames.h"

#include <cmath>
#include <string>
#include <utility>

#include "libpet/error.h"

namespace pet {
namespace {

constexpr double tolerance_min = 1e-3 / 60.0;  // 1 ms

std::string seconds(double minutes) {
  std::string text = std::to_string(std::round(minutes * 60.0 * 1e3) / 1e3);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text + " s";
}

std::string frame_name(std::size_t i, const Frame& frame) {
  return "frame " + std::to_string(i + 1) + " (" + seconds(frame.start_min) + " to " + seconds(frame.end_min) + ")";
}

}  // namespace

Frames::Frames(std::vector<Frame> frames) : frames_(std::move(frames)) {
  if (frames_.empty()) throw bad_input("frames", "none", "at least one frame");
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    Frame& frame = frames_[i];
    if (!std::isfinite(frame.start_min) || !std::isfinite(frame.end_min))
      throw bad_input("frame " + std::to_string(i + 1), "a time that is not finite", "start and end in seconds");
    if (frame.duration_min() <= 0.0)
      throw bad_input(frame_name(i, frame), "a duration of " + seconds(frame.duration_min()), "a positive duration");
    if (i == 0) continue;
    const double overlap = frames_[i - 1].end_min - frame.start_min;
    if (overlap > tolerance_min)
      throw bad_input(frame_name(i, frame),
                      "an overlap of " + seconds(overlap) + " with " + frame_name(i - 1, frames_[i - 1]),
                      "frames in order of time that do not overlap (are end times given as durations?)");
    if (overlap > 0.0) frame.start_min = frames_[i - 1].end_min;
    if (frame.duration_min() <= 0.0)
      throw bad_input("frame " + std::to_string(i + 1), "a frame within the one before it", "frames in order of time");
  }
}

bool Frames::has_gap_after(std::size_t i) const {
  return i + 1 < frames_.size() && frames_[i + 1].start_min - frames_[i].end_min > tolerance_min;
}

std::size_t Frames::gap_count() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < frames_.size(); ++i) count += has_gap_after(i) ? 1 : 0;
  return count;
}

}  // namespace pet
