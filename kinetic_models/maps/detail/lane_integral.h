// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

#include "kinetic_models/detail/measured_intervals.h"
#include "kinetic_models/input_curve.h"
#include "kinetic_models/maps/detail/vector_versions.h"

namespace pet::detail {

/// Linear methods need double precision (their columns are nearly collinear): they work on this many voxels at once.
inline constexpr std::size_t quad_lanes = 4;
using Quad [[gnu::vector_size(quad_lanes * sizeof(double))]] = double;

/// One value a frame for four voxels. (The alignment of vectors depends on the instruction set; this one serves all.)
class QuadCurve {
 public:
  std::size_t size() const { return rows_.size(); }
  void resize(std::size_t rows) { rows_.resize(rows); }
  Quad& operator[](std::size_t row) { return rows_[row].quad; }
  const Quad& operator[](std::size_t row) const { return rows_[row].quad; }
  Quad* data() { return &rows_.data()->quad; }

 private:
  struct alignas(sizeof(Quad)) Row {
    Quad quad;
  };
  std::vector<Row> rows_;
};

/// The running integral of measured curves, frame by frame: SampledInput::integral for four voxels at once. Its
/// functions are inlined into functions that are compiled for several instruction sets.
class LaneIntegral {
 public:
  LaneIntegral(const Frames& frames, Sampling sampling);

  std::size_t frames() const { return frames_; }
  std::size_t intervals() const { return intervals_.size(); }

  /// d(integral in frame i) / d(activity in frame j) where no limiter acts.
  double sensitivity(std::size_t i, std::size_t j) const { return sensitivity_[i * frames_ + j]; }

  /// `result` and `curve` have one value a frame, `mean` one an interval, `cumulative` one more.
  OCCUPET_INLINED void integrate(const Quad* curve, Quad* mean, Quad* cumulative, Quad* result) const;

  /// The part of `result`_j = sum over i of sensitivity(i, j) x rows_i from frame `from` on, where rows_i is 0 before
  /// frame `first`; `suffix` has one value more than there are frames.
  OCCUPET_INLINED void transposed(
      const Quad* rows, std::size_t first, std::size_t from, Quad* suffix, Quad* result) const;
  /// Before this frame, result_j is late_value(j) x (the sum of all rows) where rows_i is 0 before frame `first`.
  std::size_t settled_before(std::size_t first) const;
  double late_value(std::size_t j) const { return late_value_[j]; }

 private:
  std::size_t frames_;
  Sampling sampling_;
  std::vector<MeasuredInterval> intervals_;
  std::vector<double> edges_;
  std::vector<EdgeSlope> slopes_;
  std::vector<double> sensitivity_;
  std::vector<std::size_t> early_;  // before this row a column of the sensitivity is 0
  std::vector<std::size_t> late_;   // from this row on it is constant
  std::vector<double> late_value_;  // its value there
};

OCCUPET_INLINED void LaneIntegral::integrate(const Quad* curve, Quad* mean, Quad* cumulative, Quad* result) const {
  if (sampling_ == Sampling::midframe) {
    for (std::size_t i = 0; i < frames_; ++i) {
      result[i] = Quad{};
      for (std::size_t j = 0; j <= i; ++j) result[i] += sensitivity(i, j) * curve[j];
    }
    return;
  }
  const std::size_t count = intervals_.size();
  cumulative[0] = Quad{};
  for (std::size_t k = 0; k < count; ++k) {
    const MeasuredInterval& interval = intervals_[k];
    mean[k] = interval.of_frame * curve[interval.frame];
    if (interval.of_before != 0.0) mean[k] += interval.of_before * curve[interval.before];
    cumulative[k + 1] = cumulative[k] + mean[k] * (edges_[k + 1] - edges_[k]);
  }
  Quad at_start = {};
  for (std::size_t k = 0; k < count; ++k) {
    const EdgeSlope& edge = slopes_[k];
    Quad slope = edge.weight[0] * cumulative[edge.first];
    for (std::size_t j = 1; j < edge.weight.size(); ++j) slope += edge.weight[j] * cumulative[edge.first + j];
    // The limiter of the edge values (Fritsch and Carlson's condition), as in integral_preserving_curve.
    const Quad before = mean[k];
    const Quad after = k + 1 < count ? mean[k + 1] : mean[k];
    const Quad size_before = before < 0.0 ? -before : before;
    const Quad size_after = after < 0.0 ? -after : after;
    const Quad most = 3.0 * (size_before < size_after ? size_before : size_after);
    const Quad sign = before > 0.0 ? Quad{} + 1.0 : Quad{} - 1.0;
    Quad size = sign * slope;
    size = size < 0.0 ? Quad{} : size;
    size = size > most ? most : size;
    const Quad at_end = before * after > 0.0 ? sign * size : Quad{};
    // The mean of the cubic through both edges with these slopes.
    if (!intervals_[k].is_gap)
      result[intervals_[k].frame] =
          0.5 * (cumulative[k] + cumulative[k + 1]) + (edges_[k + 1] - edges_[k]) / 12.0 * (at_start - at_end);
    at_start = at_end;
  }
}

OCCUPET_INLINED void LaneIntegral::transposed(
    const Quad* rows, std::size_t first, std::size_t from, Quad* suffix, Quad* result) const {
  suffix[frames_] = Quad{};
  for (std::size_t i = frames_; i-- > first;) suffix[i] = suffix[i + 1] + rows[i];
  for (std::size_t j = from; j < frames_; ++j) {
    Quad sum = late_value_[j] * suffix[late_[j] > first ? late_[j] : first];
    for (std::size_t i = early_[j] > first ? early_[j] : first; i < late_[j]; ++i) sum += sensitivity(i, j) * rows[i];
    result[j] = sum;
  }
}

}  // namespace pet::detail
