// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "kinetic_models/input_curve.h"
#include "libpet/frames.h"

namespace pet {

/// An input curve that a fit may move in time, prepared for the frames of a scan: C(t - delay), its convolutions with
/// exp(-theta t), and their derivatives, exact for the piecewise quadratic curve at every delay. What SampledInput is
/// for a curve that stays where it is. The curve is zero before its first knot and held after its last.
class MovableInput {
 public:
  MovableInput(const InputCurve& curve, const Frames& frames, Sampling sampling);

  std::size_t size() const { return frames_.size(); }
  /// The end of the last frame (or its middle), minutes after injection.
  double end_min() const { return edges_.back(); }

  /// One value a frame (mean over it, or value at its middle), with the derivative by the delay.
  struct Moved {
    std::vector<double> value;
    std::vector<double> by_delay;
  };
  /// C(t - delay), delay in minutes.
  Moved moved(double delay_min) const;

  struct Convolved {
    std::vector<double> value;
    std::vector<double> by_theta;
    std::vector<double> by_delay;
  };
  /// C(t - delay) convolved with exp(-theta t), in min x unit of C; theta in 1/min, 0 being the running integral.
  Convolved convolved(double theta, double delay_min) const;

  /// Higher derivatives of the convolution, by differences of the first: good to 1e-4, for terms that are small already
  /// (rates that coincide).
  struct Curvature {
    std::vector<double> second;
    std::vector<double> third;
    std::vector<double> by_theta_and_delay;
  };
  Curvature curvature(double theta, double delay_min) const;

 private:
  struct Piece {
    double start;
    std::size_t length;  // index into lengths_
    InputCurve::Quadratic c;
    std::array<double, 3> moments;  // of c over the whole length
    double before;                  // integral of the curve up to the start
  };
  struct EdgePair {  // indices into edges_; the same twice for a mid-frame value
    std::size_t first;
    std::size_t last;
  };

  std::size_t piece_at(double time, std::size_t from) const;

  Sampling sampling_;
  std::vector<EdgePair> frames_;
  std::vector<double> edges_;  // distinct frame edges or middles, increasing, min
  std::vector<Piece> pieces_;  // the last one holds the last value for ever
  std::vector<double> lengths_;
};

}  // namespace pet
