// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/maps/detail/curve_space.h"
#include "kinetic_models/movable_input.h"

namespace pet::detail {

inline constexpr std::size_t most_dimensions = 32;  ///< of a curve space; a multiple of the vector width
/// Coordinates of a curve, with zeros behind.
struct alignas(32) Coordinates : std::array<double, most_dimensions> {};

/// The scalar product of the first `width` coordinates, a multiple of four: in four sums, for vectors of four.
inline double dot(const Coordinates& a, const Coordinates& b, std::size_t width) {
  std::array<double, 4> sums{};
  for (std::size_t d = 0; d < width; d += 4)
    for (std::size_t e = 0; e < 4; ++e) sums[e] += a[d + e] * b[d + e];
  return (sums[0] + sums[2]) + (sums[1] + sums[3]);
}

/// a += factor x b.
inline void add(Coordinates& a, double factor, const Coordinates& b, std::size_t width) {
  for (std::size_t d = 0; d < width; ++d) a[d] += factor * b[d];
}

/// A cubic on [0, 1] by its values and slopes at the ends.
struct CubicEnds {
  double at_0;
  double at_1;
  double slope_0;
  double slope_1;
};

inline CubicEnds operator*(double factor, const CubicEnds& c) {
  return {factor * c.at_0, factor * c.at_1, factor * c.slope_0, factor * c.slope_1};
}

/// Hermite's polynomials at t and their derivatives: factors of (value at 1 - value at 0) and of the slopes.
struct Hermite {
  double next;
  double slope;
  double next_slope;
  double d_next;
  double d_slope;
  double d_next_slope;

  explicit Hermite(double t)
      : next(t * t * (3.0 - 2.0 * t)),
        slope(t * (1.0 - t) * (1.0 - t)),
        next_slope(t * t * (t - 1.0)),
        d_next(6.0 * t * (1.0 - t)),
        d_slope((3.0 * t - 4.0) * t + 1.0),
        d_next_slope((3.0 * t - 2.0) * t) {}

  double value(double at_0, double at_1, double slope_0, double slope_1) const {
    return at_0 + next * (at_1 - at_0) + slope * slope_0 + next_slope * slope_1;
  }
  double derivative(double at_0, double at_1, double slope_0, double slope_1) const {
    return d_next * (at_1 - at_0) + d_slope * slope_0 + d_next_slope * slope_1;
  }
};

/// A curve that moves with a rate, with its derivative by the rate, frame by frame.
using CurveOfRate = std::function<MovableInput::Convolved(double rate_per_min)>;

/// The basis curve y(theta) of a model, C (x) exp(-theta t) or made of it, frame by frame, for every rate theta from 0
/// to the fastest: values and derivatives at nodes, cubic Hermite polynomials between. Nodes are even in x = ln(1 +
/// theta / theta_0), which is logarithmic where the rate matters and linear towards 0, an ordinary point. theta_0 is a
/// tenth of 1 / (end of the scan); with steps of 1/32 the curve is exact to 1e-8 of its size.
class RateTable {
 public:
  /// `fixed` are the curves that a model adds unchanged (the reference, whole blood, a running integral); they span the
  /// space together with those of the table.
  RateTable(const CurveOfRate& curve,
            double end_min,
            double fastest_per_min,
            const std::vector<std::vector<double>>& fixed,
            const FramesUsed& used);

  const CurveSpace& space() const { return *space_; }
  /// The dimensions of the space, rounded up to whole vectors.
  std::size_t width() const { return width_; }
  const std::vector<Coordinates>& fixed() const { return fixed_; }

  std::size_t nodes() const { return value_.size(); }
  double step() const { return step_; }
  double rate_at(double x) const;
  double position_of(double rate_per_min) const;
  /// dtheta/dx.
  double rate_per_position(double rate_per_min) const { return rate_per_min + rate_scale_; }
  const Coordinates& value(std::size_t node) const { return value_[node]; }
  const Coordinates& slope(std::size_t node) const { return slope_[node]; }  ///< by x

  /// y and dy/dtheta at a rate; beyond the fastest those of the fastest.
  void at(double rate_per_min, Coordinates& y, Coordinates& by_rate) const;

 private:
  Coordinates padded(const std::vector<double>& coordinates) const;

  double rate_scale_;  // theta_0, 1/min
  double step_;
  std::optional<CurveSpace> space_;
  std::size_t width_ = 0;
  std::vector<Coordinates> fixed_;
  std::vector<Coordinates> value_;
  std::vector<Coordinates> slope_;
};

}  // namespace pet::detail
