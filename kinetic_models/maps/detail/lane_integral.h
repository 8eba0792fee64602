// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <vector>

#include "kinetic_models/detail/measured_intervals.h"
#include "kinetic_models/input_curve.h"

namespace pet::detail {

/// Linear methods need double precision (their columns are nearly collinear): they work on strips of this many voxels.
inline constexpr int strip_lanes = 8;
using Strip = Eigen::Array<double, strip_lanes, 1>;
/// One strip a frame.
using StripCurve = std::vector<Strip>;

/// The running integral of measured curves, frame by frame: SampledInput::integral for many voxels at once.
class LaneIntegral {
 public:
  LaneIntegral(const Frames& frames, Sampling sampling);

  std::size_t frames() const { return frames_; }
  /// `result` and `curve` have one strip a frame.
  void integrate(const Strip* curve, Strip* result) const;

  /// d(integral in frame i) / d(activity in frame j) where no limiter acts.
  double sensitivity(std::size_t i, std::size_t j) const { return sensitivity_[i * frames_ + j]; }
  /// result_j = sum over i of sensitivity(i, j) x rows_i.
  void transposed(const Strip* rows, Strip* result) const;

 private:
  std::size_t frames_;
  Sampling sampling_;
  std::vector<MeasuredInterval> intervals_;
  std::vector<double> edges_;
  std::vector<EdgeSlope> slopes_;
  std::vector<double> sensitivity_;
  std::vector<std::size_t> late_;   // from this row on a column of the sensitivity is constant
  std::vector<double> late_value_;  // its value there
};

}  // namespace pet::detail
