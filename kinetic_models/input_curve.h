// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "libpet/blood/input_function.h"
#include "libpet/time_activity_curve.h"

namespace pet {

/// What a model predicts for a frame: the mean over it (what a scanner measures), or the value at its middle, which
/// reproduces published results that sampled at mid-frame.
enum class Sampling { average, midframe };

Sampling sampling(std::string_view name);  ///< "average" or "midframe"; throws UsageError
std::string_view name_of(Sampling sampling);

/// A continuous curve C(t) made of quadratics between knots; zero before the first knot. Time in minutes.
class InputCurve {
 public:
  /// C(t) = c[0] + c[1] (t - knot) + c[2] (t - knot)^2 from each knot to the next.
  using Quadratic = std::array<double, 3>;

  /// `knots` has one element more than `pieces` and increases strictly.
  InputCurve(std::vector<double> knots, std::vector<Quadratic> pieces);

  std::span<const double> knots() const { return knots_; }
  std::span<const Quadratic> pieces() const { return pieces_; }

  /// The value at a time; beyond the last knot the last piece's end value is held.
  double value(double time_min) const;

  /// The same curve with a knot at each of the given times as well (increasing). Beyond the last knot the curve is
  /// held constant up to the last of them.
  InputCurve with_knots_at(std::span<const double> times_min) const;

 private:
  std::vector<double> knots_;
  std::vector<Quadratic> pieces_;
};

/// The curve whose mean over every frame is exactly the measured value: its cumulative integral is a monotone cubic
/// through the frame edges, so that C itself is continuous and piecewise quadratic, with C(0) = 0. The slopes at the
/// edges are those of the quartic through the five nearest points, limited where the cubic would not be monotone
/// (Fritsch FN, Carlson RE. SIAM J Numer Anal 1980;17:238-246); docs/decisions/0001-reference-curve.md compares this
/// with other slopes. In a gap, and before a scan that starts late, the curve is taken as linear between the
/// neighbouring frame middles (the first point being (0, 0)). Throws InputError for fewer than three frames.
InputCurve integral_preserving_curve(const TimeActivityCurve& tac);

/// Straight lines through (0, 0) and the values at mid-frame.
InputCurve midframe_curve(const TimeActivityCurve& tac);

/// One of the two, by the sampling that goes with it.
InputCurve measured_curve(const TimeActivityCurve& tac, Sampling sampling);

/// The derivatives of measured_curve by the activities, one curve a frame, with the knots of measured_curve. The curve
/// is linear in the activities but for its limiter, whose side is kept; where that is at its corner, as between a frame
/// and one that is exactly zero, the curve at the edge counts as zero whatever the activities. Throws InputError for
/// fewer than three frames with Sampling::average.
std::vector<InputCurve> measured_curve_by_activity(const TimeActivityCurve& tac, Sampling sampling);

/// Straight lines through the samples; zero before the first sample, held at the last value after the last.
/// `values` are one a sample time.
InputCurve sampled_curve(std::span<const double> time_min, std::span<const double> values);

}  // namespace pet
