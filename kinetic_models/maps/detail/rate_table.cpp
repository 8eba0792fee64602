// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/rate_table.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "libpet/detail/vector_versions.h"

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

namespace {

OCCUPET_VECTOR_VERSIONS void interpolate(const Coordinates* value,
                                         const Coordinates* slope,
                                         double t,
                                         double step,
                                         double per_rate,
                                         std::size_t width,
                                         Coordinates& y,
                                         Coordinates& by_rate) {
  const Hermite cubic(t);
  for (std::size_t d = 0; d < width; ++d) {
    y[d] = cubic.value(value[0][d], value[1][d], step * slope[0][d], step * slope[1][d]);
    by_rate[d] = per_rate * cubic.derivative(value[0][d], value[1][d], step * slope[0][d], step * slope[1][d]);
  }
}

}  // namespace

void RateTable::at(double rate_per_min, Coordinates& y, Coordinates& by_rate) const {
  const double last = static_cast<double>(nodes() - 1);
  const double position = std::clamp(position_of(std::max(rate_per_min, 0.0)) / step_, 0.0, last);
  // A rate that is no number has values that are none.
  const std::size_t node = position > 0.0 ? std::min(static_cast<std::size_t>(position), nodes() - 2) : 0;
  interpolate(&value_[node], &slope_[node], position - static_cast<double>(node), step_,
              1.0 / (step_ * rate_per_position(rate_per_min)), width_, y, by_rate);
}

Coordinates RateTable::padded(const std::vector<double>& coordinates) const {
  Coordinates result;
  result.fill(0.0);
  std::copy(coordinates.begin(), coordinates.end(), result.begin());
  return result;
}

}  // namespace pet::detail
