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

/// The basis curve y(theta) = C (x) exp(-theta t), frame by frame, for every rate theta from 0 to the fastest: values
/// and derivatives at nodes, cubic Hermite polynomials between. Nodes are even in x = ln(1 + theta / theta_0), which is
/// logarithmic where the rate matters and linear towards 0, an ordinary point. theta_0 is a tenth of 1 / (end of the
/// scan); with steps of 1/32 the curve is exact to 1e-8 of its size.
class RateTable {
 public:
  /// `fixed` are the curves that a model adds unchanged (the reference, whole blood, a running integral); they span the
  /// space together with those of the table.
  RateTable(const MovableInput& input,
            double delay_min,
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
