// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <vector>

#include "kinetic_models/input_curve.h"
#include "libpet/frames.h"

namespace pet {

/// A stretch of a curve on which it is one quadratic, C(t) = c[0] + c[1] (t - start) + c[2] (t - start)^2.
struct FrameStep {
  double start_min;
  double length_min;
  InputCurve::Quadratic c;
  int frame;  ///< the frame whose mean this step is part of, or whose middle is its end (midframe); -1: none
};

/// The curve from its first knot to the end of the scan, cut at its knots and at what the frames need (their edges, or
/// their middles), and further so that no step is longer than `longest_min`.
std::vector<FrameStep> frame_steps(const InputCurve& curve,
                                   const Frames& frames,
                                   Sampling sampling,
                                   double longest_min = std::numeric_limits<double>::infinity());

}  // namespace pet
