// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/rate_table.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace pet::detail {
namespace {

constexpr double steps_per_unit = 32.0;

}  // namespace

RateTable::RateTable(const MovableInput& input,
                     double delay_min,
                     double fastest_per_min,
                     const std::vector<std::vector<double>>& fixed,
                     const FramesUsed& used)
    : rate_scale_(0.1 / input.end_min()), step_(1.0 / steps_per_unit) {
  const auto count = static_cast<std::size_t>(std::ceil(position_of(fastest_per_min) * steps_per_unit)) + 2;
  std::vector<MovableInput::Convolved> curves;
  std::vector<std::vector<double>> family = fixed;
  for (std::size_t node = 0; node < count; ++node) {
    const double rate = rate_at(static_cast<double>(node) * step_);
    curves.push_back(input.convolved(rate, delay_min));
    for (double& derivative : curves.back().by_theta) derivative *= rate + rate_scale_;  // dtheta/dx
    family.push_back(curves.back().value);
    family.push_back(curves.back().by_theta);
  }
  space_.emplace(family, used);
  if (space_->dimensions() > most_dimensions) throw std::logic_error("the basis curves are not smooth");
  constexpr std::size_t vector_width = 4;
  width_ = (space_->dimensions() + vector_width - 1) / vector_width * vector_width;
  for (const auto& curve : fixed) fixed_.push_back(padded(space_->coordinates(curve)));
  for (const MovableInput::Convolved& curve : curves) {
    value_.push_back(padded(space_->coordinates(curve.value)));
    slope_.push_back(padded(space_->coordinates(curve.by_theta)));
  }
}

double RateTable::rate_at(double x) const {
  return rate_scale_ * std::expm1(x);
}

double RateTable::position_of(double rate_per_min) const {
  return std::log1p(rate_per_min / rate_scale_);
}

void RateTable::at(double rate_per_min, Coordinates& y, Coordinates& by_rate) const {
  const double last = static_cast<double>(nodes() - 1);
  const double position = std::clamp(position_of(std::max(rate_per_min, 0.0)) / step_, 0.0, last);
  const std::size_t node = std::min(static_cast<std::size_t>(position), nodes() - 2);
  const double t = position - static_cast<double>(node);
  const double t2 = t * t;
  const double t3 = t2 * t;
  // Hermite's polynomials and their derivatives.
  const double of_next = 3.0 * t2 - 2.0 * t3;
  const double of_slope = step_ * (t3 - 2.0 * t2 + t);
  const double of_next_slope = step_ * (t3 - t2);
  const double per_rate = 1.0 / (rate_per_min + rate_scale_);
  const double d_next = 6.0 * (t - t2) / step_ * per_rate;
  const double d_slope = (3.0 * t2 - 4.0 * t + 1.0) * per_rate;
  const double d_next_slope = (3.0 * t2 - 2.0 * t) * per_rate;
  const Coordinates& y0 = value_[node];
  const Coordinates& y1 = value_[node + 1];
  const Coordinates& s0 = slope_[node];
  const Coordinates& s1 = slope_[node + 1];
  for (std::size_t d = 0; d < width_; ++d) {
    const double change = y1[d] - y0[d];
    y[d] = y0[d] + of_next * change + of_slope * s0[d] + of_next_slope * s1[d];
    by_rate[d] = d_next * change + d_slope * s0[d] + d_next_slope * s1[d];
  }
}

Coordinates RateTable::padded(const std::vector<double>& coordinates) const {
  Coordinates result;
  result.fill(0.0);
  std::copy(coordinates.begin(), coordinates.end(), result.begin());
  return result;
}

}  // namespace pet::detail
