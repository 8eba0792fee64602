// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "kinetic_models/exponential.h"
#include "kinetic_models/input_curve.h"
#include "libpet/frames.h"

namespace pet {

/// An input curve prepared for the frames of a scan: what every linear compartment model is made of. All results are
/// one value a frame, exact for the piecewise quadratic curve: its mean over the frame (Sampling::average) or the value
/// at mid-frame.
class SampledInput {
 public:
  SampledInput(const InputCurve& curve, const Frames& frames, Sampling sampling);

  std::size_t size() const { return frame_count_; }
  /// C(t).
  const std::vector<double>& value() const { return value_; }
  /// The running integral of C from the first knot, in min x unit of C.
  const std::vector<double>& integral() const { return integral_; }

  /// The running integral of the running integral, in min^2 x unit of C: C convolved with t, -d/dtheta of the
  /// convolution below at theta = 0.
  std::vector<double> double_integral() const;

  /// C(t) convolved with exp(-theta t), in min x unit of C; theta >= 0 in 1/min, theta = 0 being the running integral.
  /// `result` has one element a frame. T is double or a dual number, so that the derivative comes along.
  template <typename T>
  void convolve(const T& theta, std::span<T> result) const;

 private:
  struct Step {
    std::size_t length;             // index into lengths_
    int frame;                      // the frame whose mean or mid-frame value this step contributes to, or -1
    std::array<double, 3> moments;  // of the quadratic: c_n n! Delta^(n+1)
  };

  void add_step(double length_min, const InputCurve::Quadratic& piece, int frame);

  std::size_t frame_count_;
  Sampling sampling_;
  std::vector<Step> steps_;
  std::vector<double> lengths_;            // the distinct lengths of steps, min
  std::vector<double> inverse_durations_;  // of the frames, 1/min
  std::vector<double> value_;
  std::vector<double> integral_;
};

template <typename T>
void SampledInput::convolve(const T& theta, std::span<T> result) const {
  using std::exp;
  // A schedule has few distinct frame lengths, so the exponentials are few.
  std::vector<T> decay(lengths_.size());
  std::vector<PhiValues<T>> phis(lengths_.size());
  for (std::size_t i = 0; i < lengths_.size(); ++i) {
    const T z = -theta * lengths_[i];
    phis[i] = phi(z);
    decay[i] = exp(z);
  }
  for (T& r : result) r = T(0.0);
  T tissue(0.0);  // the convolution at the beginning of the step
  for (const Step& step : steps_) {
    const PhiValues<T>& p = phis[step.length];
    const auto& m = step.moments;
    if (sampling_ == Sampling::average && step.frame >= 0) {
      const auto f = static_cast<std::size_t>(step.frame);
      const double length = lengths_[step.length];
      result[f] += (tissue * p[0] + m[0] * p[1] + m[1] * p[2] + m[2] * p[3]) * (length * inverse_durations_[f]);
    }
    tissue = tissue * decay[step.length] + m[0] * p[0] + m[1] * p[1] + m[2] * p[2];
    if (sampling_ == Sampling::midframe && step.frame >= 0) result[static_cast<std::size_t>(step.frame)] = tissue;
  }
}

}  // namespace pet
