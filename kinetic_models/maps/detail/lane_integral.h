// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "kinetic_models/detail/measured_intervals.h"
#include "kinetic_models/detail/quad.h"
#include "kinetic_models/input_curve.h"
#include "kinetic_models/maps/detail/vector_versions.h"

namespace pet::detail {

/// One value a frame for four voxels: linear methods need double precision, as their columns are nearly collinear. (The
/// alignment of vectors depends on the instruction set; this one serves all.)
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

  /// How many values `cumulative` needs: one an edge, and as many as the slope at the last edge may have too many.
  std::size_t edges() const { return intervals() + most_edges; }
  /// `result` and `curve` have one value a frame, `mean` one an interval, `cumulative` edges().
  OCCUPET_INLINED void integrate(const Quad* curve, Quad* mean, Quad* cumulative, Quad* result) const;

  /// The part of `result`_j = sum over i of sensitivity(i, j) x rows_i from frame `from` on; `suffix` has one value
  /// more than there are frames.
  OCCUPET_INLINED void transposed(const Quad* rows, std::size_t from, Quad* suffix, Quad* result) const;
  /// Before this frame, result_j is late_value(j) x (the sum of all rows) where rows_i is 0 before frame `first`.
  std::size_t settled_before(std::size_t first) const;
  double late_value(std::size_t j) const { return late_value_[j]; }

 private:
  std::size_t frames_;
  Sampling sampling_;
  std::vector<MeasuredInterval> intervals_;
  std::vector<double> length_;  // of the intervals, min
  // The slope at the end of each interval, as EdgeSlope has it; weights behind the last are 0.
  static constexpr std::size_t most_edges = 5;
  struct Slope {
    std::size_t first;
    std::array<double, most_edges> weight{};
  };
  std::vector<Slope> slopes_;
  std::vector<double> sensitivity_;
  std::vector<std::size_t> early_;  // before this row a column of the sensitivity is 0
  std::vector<std::size_t> late_;   // from this row on it is constant
  std::vector<double> late_value_;  // its value there
  // Between the two a column has so few rows that a loop of fixed length is fastest: the rows from `first`, values of
  // those outside 0. Empty where some column has more.
  static constexpr std::size_t band_rows = 6;
  struct Band {
    std::size_t first;
    std::size_t late;
    double late_value;
    std::array<double, band_rows> value;
  };
  void add_bands();
  // The mean of an interval, and the sum at its end.
  OCCUPET_INLINED void advance(std::size_t k, const Quad* curve, Quad& sum, Quad* mean, Quad* cumulative) const {
    const MeasuredInterval& interval = intervals_[k];
    Quad of_interval = curve[interval.frame];
    if (interval.is_gap)
      of_interval = interval.of_frame * curve[interval.frame] + interval.of_before * curve[interval.before];
    mean[k] = of_interval;
    sum += of_interval * length_[k];
    cumulative[k + 1] = sum;
  }
  std::vector<Band> band_;
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
  for (std::size_t k = count + 1; k < edges(); ++k) cumulative[k] = Quad{};
  // A slope needs the integral at two edges more: sum and slopes go side by side, as the sum alone would have to wait
  // for each of its steps.
  constexpr std::size_t ahead = 2;
  Quad sum = {};
  for (std::size_t k = 0; k < std::min(ahead, count); ++k) advance(k, curve, sum, mean, cumulative);
  Quad at_start = {};
  for (std::size_t k = 0; k < count; ++k) {
    if (k + ahead < count) advance(k + ahead, curve, sum, mean, cumulative);
    const Slope& edge = slopes_[k];
    const Quad* const nearby = cumulative + edge.first;
    const Quad slope = (edge.weight[0] * nearby[0] + edge.weight[1] * nearby[1]) +
                       (edge.weight[2] * nearby[2] + edge.weight[3] * nearby[3] + edge.weight[4] * nearby[4]);
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
      result[intervals_[k].frame] = 0.5 * (cumulative[k] + cumulative[k + 1]) + length_[k] / 12.0 * (at_start - at_end);
    at_start = at_end;
  }
}

OCCUPET_INLINED void LaneIntegral::transposed(const Quad* rows, std::size_t from, Quad* suffix, Quad* result) const {
  suffix[frames_] = Quad{};
  for (std::size_t i = frames_; i-- > 0;) suffix[i] = suffix[i + 1] + rows[i];
  for (std::size_t j = from; j < band_.size(); ++j) {
    const Band& band = band_[j];
    const Quad* const some = rows + band.first;
    Quad sum = band.late_value * suffix[band.late];
    Quad more = band.value[0] * some[0];
    for (std::size_t i = 1; i < band_rows; i += 2) more += band.value[i] * some[i];
    for (std::size_t i = 2; i < band_rows; i += 2) sum += band.value[i] * some[i];
    result[j] = sum + more;
  }
  for (std::size_t j = band_.empty() ? from : frames_; j < frames_; ++j) {
    Quad sum = late_value_[j] * suffix[late_[j]];
    for (std::size_t i = early_[j]; i < late_[j]; ++i) sum += sensitivity(i, j) * rows[i];
    result[j] = sum;
  }
}

}  // namespace pet::detail
