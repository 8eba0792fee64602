// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/movable_input.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kinetic_models/detail/quadratic.h"
#include "kinetic_models/exponential.h"

namespace pet {
namespace {

// The convolution y, its running integral Y, and their derivatives by theta.
struct State {
  double y = 0.0;
  double Y = 0.0;
  double dy = 0.0;
  double dY = 0.0;
};

// A quadratic over a step of length h, by its powers: c0 h, c1 h^2, 2 c2 h^3.
using Moments = std::array<double, 3>;

Moments moments_of(const InputCurve::Quadratic& c, double h) {
  return {c[0] * h, c[1] * h * h, 2.0 * c[2] * h * h * h};
}

// What a step of length h makes of the state before it and of the moments: functions of z = -theta h alone.
struct Step {
  double decay;        // of y and dy
  double to_integral;  // of y in Y and of dy in dY
  double h_decay;      // of y in dy, taken off
  double of_integral;  // of y in dY, taken off
  Moments y;           // of the moments
  Moments Y;
  Moments dy;  // taken off
  Moments dY;  // taken off
};

Step step_of(double theta, double h) {
  const double z = -theta * h;
  const auto p = phi<double, 5>(z);
  // phi_k' = phi_k - k phi_{k+1}
  const double d1 = p[0] - p[1];
  const double d2 = p[1] - 2.0 * p[2];
  const double d3 = p[2] - 3.0 * p[3];
  const double d4 = p[3] - 4.0 * p[4];
  const double decay = 1.0 + z * p[0];
  return {decay,
          h * p[0],
          h * decay,
          h * h * d1,
          {p[0], p[1], p[2]},
          {h * p[1], h * p[2], h * p[3]},
          {h * d1, h * d2, h * d3},
          {h * h * d2, h * h * d3, h * h * d4}};
}

double dot(const Moments& a, const Moments& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

// The state after a step. What comes from the moments does not wait for the state before.
State advance(const State& s, const Moments& m, const Step& step) {
  State next;
  next.y = step.decay * s.y + dot(m, step.y);
  next.Y = s.Y + (step.to_integral * s.y + dot(m, step.Y));
  next.dy = step.decay * s.dy - (step.h_decay * s.y + dot(m, step.dy));
  next.dY = s.dY + (step.to_integral * s.dy - step.of_integral * s.y - dot(m, step.dY));
  return next;
}

}  // namespace

MovableInput::MovableInput(const InputCurve& curve, const Frames& frames, Sampling sampling) : sampling_(sampling) {
  for (const Frame& frame : frames) {
    if (sampling == Sampling::midframe) {
      edges_.push_back(frame.mid_min());
    } else {
      edges_.push_back(frame.start_min);
      edges_.push_back(frame.end_min);
    }
  }
  std::sort(edges_.begin(), edges_.end());
  edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
  const auto edge = [&](double time) {
    return static_cast<std::size_t>(std::lower_bound(edges_.begin(), edges_.end(), time) - edges_.begin());
  };
  for (const Frame& frame : frames)
    frames_.push_back(sampling == Sampling::midframe ? EdgePair{edge(frame.mid_min()), edge(frame.mid_min())}
                                                     : EdgePair{edge(frame.start_min), edge(frame.end_min)});

  // Samples are taken at few distinct distances, so the exponentials are few.
  const auto knots = curve.knots();
  double integral = 0.0;
  for (std::size_t i = 0; i < curve.pieces().size(); ++i) {
    const double h = knots[i + 1] - knots[i];
    const InputCurve::Quadratic& c = curve.pieces()[i];
    const auto same = std::find_if(lengths_.rbegin(), lengths_.rend(),
                                   [&](double known) { return std::abs(known - h) <= 1e-12 * known; });
    const auto index = static_cast<std::size_t>(lengths_.rend() - same) - (same == lengths_.rend() ? 0 : 1);
    pieces_.push_back({knots[i], same == lengths_.rend() ? lengths_.size() : index, c, moments_of(c, h), integral});
    if (same == lengths_.rend()) lengths_.push_back(h);
    integral += detail::integral_over(c, h);
  }
  pieces_.push_back({knots.back(), 0, {curve.value(knots.back()), 0.0, 0.0}, {}, integral});
}

std::size_t MovableInput::piece_at(double time, std::size_t from) const {
  while (from + 1 < pieces_.size() && pieces_[from + 1].start <= time) ++from;
  return from;
}

MovableInput::Moved MovableInput::moved(double delay_min) const {
  std::vector<double> value(edges_.size(), 0.0);
  std::vector<double> integral(edges_.size(), 0.0);
  std::size_t piece = 0;
  for (std::size_t e = 0; e < edges_.size(); ++e) {
    const double time = edges_[e] - delay_min;
    if (time <= pieces_.front().start) continue;
    piece = piece_at(time, piece);
    const Piece& at = pieces_[piece];
    value[e] = detail::value_at(at.c, time - at.start);
    integral[e] = at.before + detail::integral_over(at.c, time - at.start);
  }
  Moved result{std::vector<double>(size()), std::vector<double>(size(), 0.0)};
  for (std::size_t f = 0; f < size(); ++f) {
    const auto [first, last] = frames_[f];
    if (sampling_ == Sampling::average) {
      const double duration = edges_[last] - edges_[first];
      result.value[f] = (integral[last] - integral[first]) / duration;
      result.by_delay[f] = -(value[last] - value[first]) / duration;
      continue;
    }
    const double time = edges_[first] - delay_min;
    result.value[f] = value[first];
    if (time <= pieces_.front().start) continue;
    const Piece& at = pieces_[piece_at(time, 0)];
    result.by_delay[f] = -(at.c[1] + 2.0 * (time - at.start) * at.c[2]);
  }
  return result;
}

MovableInput::Convolved MovableInput::convolved(double theta, double delay_min) const {
  std::vector<Step> steps;
  steps.reserve(lengths_.size());
  for (const double h : lengths_) steps.push_back(step_of(theta, h));
  std::vector<State> states(edges_.size());
  std::vector<double> input(edges_.size(), 0.0);
  std::size_t piece = 0;
  State state;
  for (std::size_t e = 0; e < edges_.size(); ++e) {
    const double time = edges_[e] - delay_min;
    if (time <= pieces_.front().start) continue;
    for (const std::size_t at = piece_at(time, piece); piece < at; ++piece)
      state = advance(state, pieces_[piece].moments, steps[pieces_[piece].length]);
    const double s = time - pieces_[piece].start;
    states[e] = advance(state, moments_of(pieces_[piece].c, s), step_of(theta, s));
    input[e] = detail::value_at(pieces_[piece].c, s);
  }
  Convolved result{std::vector<double>(size()), std::vector<double>(size()), std::vector<double>(size())};
  for (std::size_t f = 0; f < size(); ++f) {
    const auto [first, last] = frames_[f];
    const State& begin = states[first];
    const State& end = states[last];
    if (sampling_ == Sampling::midframe) {
      result.value[f] = end.y;
      result.by_theta[f] = end.dy;
      result.by_delay[f] = theta * end.y - input[last];
      continue;
    }
    const double duration = edges_[last] - edges_[first];
    result.value[f] = (end.Y - begin.Y) / duration;
    result.by_theta[f] = (end.dY - begin.dY) / duration;
    result.by_delay[f] = -(end.y - begin.y) / duration;
  }
  return result;
}

MovableInput::Curvature MovableInput::curvature(double theta, double delay_min) const {
  const double step = 0.01 / std::max(edges_.back(), 1e-3);
  const Convolved above = convolved(theta + step, delay_min);
  const Convolved here = convolved(theta, delay_min);
  const Convolved below = convolved(theta - step, delay_min);
  Curvature result{std::vector<double>(size()), std::vector<double>(size()), std::vector<double>(size())};
  for (std::size_t f = 0; f < size(); ++f) {
    result.second[f] = (above.by_theta[f] - below.by_theta[f]) / (2.0 * step);
    result.third[f] = (above.by_theta[f] - 2.0 * here.by_theta[f] + below.by_theta[f]) / (step * step);
    result.by_theta_and_delay[f] = (above.by_delay[f] - below.by_delay[f]) / (2.0 * step);
  }
  return result;
}

}  // namespace pet
