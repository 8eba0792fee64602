// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/rate_table.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace pet::detail {
namespace {

constexpr double steps_per_unit = 32.0;

}  // namespace

RateTable::RateTable(const CurveOfRate& curve,
                     double end_min,
                     double fastest_per_min,
                     const std::vector<std::vector<double>>& fixed,
                     const FramesUsed& used)
    : rate_scale_(0.1 / end_min), step_(1.0 / steps_per_unit) {
  const auto count = static_cast<std::size_t>(std::ceil(position_of(fastest_per_min) * steps_per_unit)) + 2;
  std::vector<MovableInput::Convolved> curves;
  std::vector<std::vector<double>> family = fixed;
  for (std::size_t node = 0; node < count; ++node) {
    const double rate = rate_at(static_cast<double>(node) * step_);
    curves.push_back(curve(rate));
    for (double& derivative : curves.back().by_theta) derivative *= rate + rate_scale_;  // dtheta/dx
    family.push_back(curves.back().value);
    family.push_back(curves.back().by_theta);
  }
  space_.emplace(family, used);
  if (space_->dimensions() > most_dimensions) throw std::logic_error("the basis curves are not smooth");
  constexpr std::size_t vector_width = 4;
  width_ = (space_->dimensions() + vector_width - 1) / vector_width * vector_width;
  for (const auto& unmoved : fixed) fixed_.push_back(padded(space_->coordinates(unmoved)));
  for (const MovableInput::Convolved& node : curves) {
    value_.push_back(padded(space_->coordinates(node.value)));
    slope_.push_back(padded(space_->coordinates(node.by_theta)));
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
  const Hermite cubic(position - static_cast<double>(node));
  const double per_rate = 1.0 / (step_ * rate_per_position(rate_per_min));
  const Coordinates& y0 = value_[node];
  const Coordinates& y1 = value_[node + 1];
  const Coordinates& s0 = slope_[node];
  const Coordinates& s1 = slope_[node + 1];
  for (std::size_t d = 0; d < width_; ++d) {
    y[d] = cubic.value(y0[d], y1[d], step_ * s0[d], step_ * s1[d]);
    by_rate[d] = per_rate * cubic.derivative(y0[d], y1[d], step_ * s0[d], step_ * s1[d]);
  }
}

Coordinates RateTable::padded(const std::vector<double>& coordinates) const {
  Coordinates result;
  result.fill(0.0);
  std::copy(coordinates.begin(), coordinates.end(), result.begin());
  return result;
}

}  // namespace pet::detail
