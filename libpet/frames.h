// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace pet {

/// One interval of a dynamic scan, in minutes after injection.
struct Frame {
  double start_min = 0.0;
  double end_min = 0.0;

  double duration_min() const { return end_min - start_min; }
  double mid_min() const { return 0.5 * (start_min + end_min); }
  friend bool operator==(const Frame&, const Frame&) = default;
};

/// The frames of a scan: at least one, each of positive length, in order, none overlapping the next. Gaps are
/// allowed and stay gaps. Times are minutes after injection; a scan may start before or after it.
class Frames {
 public:
  Frames() = default;

  /// Throws InputError naming the first frame (counted from 1) that breaks a rule above. Overlaps below
  /// 1 ms, the resolution of DICOM, are rounding: the later frame then starts where the earlier one ends.
  explicit Frames(std::vector<Frame> frames);

  std::size_t size() const { return frames_.size(); }
  bool empty() const { return frames_.empty(); }
  const Frame& operator[](std::size_t i) const { return frames_[i]; }
  const Frame& front() const { return frames_.front(); }
  const Frame& back() const { return frames_.back(); }
  auto begin() const { return frames_.begin(); }
  auto end() const { return frames_.end(); }

  /// True where the frame i + 1 starts more than 1 ms after the end of frame i.
  bool has_gap_after(std::size_t i) const;
  /// The number of gaps between frames.
  std::size_t gap_count() const;

  friend bool operator==(const Frames&, const Frames&) = default;

 private:
  std::vector<Frame> frames_;
};

}  // namespace pet
