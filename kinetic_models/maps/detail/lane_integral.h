// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "kinetic_models/detail/measured_intervals.h"
#include "kinetic_models/detail/quad.h"
#include "kinetic_models/input_curve.h"
#include "libpet/detail/vector_versions.h"

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
  const Quad* data() const { return &rows_.data()->quad; }

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

  /// Calls take(i, integral in frame i) for every frame in order. `curve` has one value a frame, `mean` means() values.
  template <typename Take>
  OCCUPET_INLINED void integrate(const Quad* curve, Quad* mean, Take take) const;
  std::size_t means() const { return std::max(intervals(), slope_terms); }

  /// Calls take(j, sum over i of sensitivity(i, j) x rows_i) for the frames j from `from` on in order. `before` is the
  /// sum of the rows before each frame, with that of all rows as the last.
  template <typename Take>
  OCCUPET_INLINED void transpose(const Quad* rows, const Quad* before, std::size_t from, Take take) const;
  /// Before this frame, result_j is late_value(j) x (the sum of all rows) where rows_i is 0 before frame `first`.
  std::size_t settled_before(std::size_t first) const;
  double late_value(std::size_t j) const { return late_value_[j]; }

 private:
  std::size_t frames_;
  Sampling sampling_;
  std::vector<MeasuredInterval> intervals_;
  std::vector<double> length_;   // of the intervals, min
  std::vector<double> twelfth_;  // of that
  bool has_gaps_ = false;
  // The slope at the end of each interval, as EdgeSlope has it of the cumulative integral, by the means of the
  // intervals between its five edges; weights behind the last are 0.
  static constexpr std::size_t slope_terms = 4;
  struct Slope {
    std::size_t first;
    std::array<double, slope_terms> weight{};
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
  OCCUPET_INLINED const Quad* means_of(const Quad* curve, Quad* mean) const;
  template <typename Take>
  OCCUPET_INLINED void integrate_points(const Quad* curve, Take take) const;
  std::vector<Band> band_;
};

OCCUPET_INLINED void keep_smaller(Quad& a, const Quad& b) {
  a = a < b ? a : b;
}

OCCUPET_INLINED void keep_larger(Quad& a, const Quad& b) {
  a = a > b ? a : b;
}

// The means of all intervals: those of the frames themselves where there are no gaps.
OCCUPET_INLINED const Quad* LaneIntegral::means_of(const Quad* curve, Quad* mean) const {
  if (!has_gaps_ && frames_ >= slope_terms) return curve;
  const std::size_t count = intervals_.size();
  for (std::size_t k = 0; k < count; ++k) {
    const MeasuredInterval& interval = intervals_[k];
    mean[k] = interval.is_gap ? interval.of_frame * curve[interval.frame] + interval.of_before * curve[interval.before]
                              : curve[interval.frame];
  }
  for (std::size_t k = count; k < slope_terms; ++k) mean[k] = Quad{};
  return mean;
}

template <typename Take>
OCCUPET_INLINED void LaneIntegral::integrate_points(const Quad* curve, Take take) const {
  for (std::size_t i = 0; i < frames_; ++i) {
    Quad sum = {};
    for (std::size_t j = 0; j <= i; ++j) sum += sensitivity(i, j) * curve[j];
    take(i, sum);
  }
}

template <typename Take>
OCCUPET_INLINED void LaneIntegral::integrate(const Quad* curve, Quad* mean_of_intervals, Take take) const {
  if (sampling_ == Sampling::midframe) return integrate_points(curve, take);
  const Quad* const mean = means_of(curve, mean_of_intervals);
  const std::size_t last = intervals_.size() - 1;
  const Quad zero = {};
  Quad sum = {};
  Quad at_start = {};
  for (std::size_t k = 0; k <= last; ++k) {
    const Slope& edge = slopes_[k];
    const Quad* const nearby = mean + edge.first;
    const Quad slope = (edge.weight[0] * nearby[0] + edge.weight[1] * nearby[1]) +
                       (edge.weight[2] * nearby[2] + edge.weight[3] * nearby[3]);
    // The limiter of the edge values (Fritsch and Carlson's condition), as in integral_preserving_curve: between 0 and
    // three times the smaller of two means of one sign, 0 between others.
    const Quad before = mean[k];
    const Quad after = mean[std::min(k + 1, last)];
    Quad least = 3.0 * before;
    Quad most = least;
    keep_larger(least, 3.0 * after);
    keep_smaller(least, zero);
    keep_smaller(most, 3.0 * after);
    keep_larger(most, zero);
    Quad at_end = slope;
    keep_larger(at_end, least);
    keep_smaller(at_end, most);
    // The mean of the cubic through both edges with these slopes.
    const Quad sum_at_start = sum;
    sum += length_[k] * before;
    if (!has_gaps_ || !intervals_[k].is_gap)
      take(intervals_[k].frame, 0.5 * (sum_at_start + sum) + twelfth_[k] * (at_start - at_end));
    at_start = at_end;
  }
}

template <typename Take>
OCCUPET_INLINED void LaneIntegral::transpose(const Quad* rows, const Quad* before, std::size_t from, Take take) const {
  const Quad all = before[frames_];
  for (std::size_t j = from; j < band_.size(); ++j) {
    const Band& band = band_[j];
    const Quad* const some = rows + band.first;
    Quad sum = band.late_value * (all - before[band.late]);
    Quad more = band.value[0] * some[0];
    for (std::size_t i = 1; i < band_rows; i += 2) more += band.value[i] * some[i];
    for (std::size_t i = 2; i < band_rows; i += 2) sum += band.value[i] * some[i];
    take(j, sum + more);
  }
  for (std::size_t j = band_.empty() ? from : frames_; j < frames_; ++j) {
    Quad sum = late_value_[j] * (all - before[late_[j]]);
    for (std::size_t i = early_[j]; i < late_[j]; ++i) sum += sensitivity(i, j) * rows[i];
    take(j, sum);
  }
}

}  // namespace pet::detail
