// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "libpet/frames.h"

namespace pet::detail {

/// A stretch of time, a frame or a gap, whose mean activity is a combination of those of two frames: that of the frame
/// itself, or what is linear between the neighbouring frame middles (the first point being (0, 0)).
struct MeasuredInterval {
  double start;
  double end;
  bool is_gap;
  std::size_t frame;   ///< the frame, or that after the gap
  std::size_t before;  ///< the frame before the gap
  double of_frame;     ///< mean = of_frame x activity[frame] + of_before x activity[before]
  double of_before;

  template <typename T>
  T mean(const T* activity) const {
    return of_before == 0.0 ? T(of_frame * activity[frame])
                            : T(of_frame * activity[frame] + of_before * activity[before]);
  }
};

/// The frames of a scan with the gaps between them, and the time before it, filled in.
std::vector<MeasuredInterval> measured_intervals(const Frames& frames);

/// The slope of the quartic through the five points nearest to an edge: sum of weight x value at the edges from
/// `first`.
struct EdgeSlope {
  std::size_t first;
  std::vector<double> weight;

  template <typename T>
  T of(const T* values) const {
    T slope = weight[0] * values[first];
    for (std::size_t j = 1; j < weight.size(); ++j) slope += weight[j] * values[first + j];
    return slope;
  }
};

/// One for every edge but the first.
std::vector<EdgeSlope> edge_slopes(std::span<const double> edges);

}  // namespace pet::detail
