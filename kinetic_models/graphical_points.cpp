// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/graphical_points.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <functional>
#include <string>

#include "kinetic_models/input_curve.h"
#include "libpet/error.h"

namespace pet {
namespace {

struct Plot {
  std::string_view model;
  GraphicalPoints titles;
};

const std::array plots = {
    Plot{"logan", {"∫ plasma dt / tissue (min)", "∫ tissue dt / tissue (min)", "VT", "intercept", {}, {}}},
    Plot{"logan-ref",
         {"(∫ reference dt + reference / k2′) / tissue (min)",
          "∫ tissue dt / tissue (min)",
          "DVR",
          "intercept",
          {},
          {}}},
    Plot{"patlak", {"∫ plasma dt / plasma (min)", "tissue / plasma (mL/cm³)", "Ki", "V0", {}, {}}},
    Plot{"patlak-ref", {"∫ reference dt / reference (min)", "tissue / reference", "Ki", "intercept", {}, {}}},
};

const Plot* plot_of(const Model& model) {
  const auto* found =
      std::find_if(plots.begin(), plots.end(), [&](const Plot& plot) { return plot.model == model.name; });
  return found == plots.end() ? nullptr : found;
}

double quotient(double numerator, double denominator) {
  return denominator == 0.0 ? not_available : numerator / denominator;
}

}  // namespace

bool has_graphical_points(const Model& model) {
  return plot_of(model) != nullptr;
}

GraphicalPoints graphical_points(const Model& model,
                                 const TimeActivityCurve& target,
                                 const ScanInput& input,
                                 std::optional<double> k2prime) {
  const Plot* plot = plot_of(model);
  if (plot == nullptr) throw UsageError("model " + std::string(model.name) + " has no graphical plot");
  GraphicalPoints points = plot->titles;
  const SampledInput& driving = input.is_plasma() ? input.plasma().input() : input.reference().input();
  const SampledInput own(measured_curve(target, input.sampling()), target.frames, input.sampling());
  const bool is_logan = model.divides_by_target;
  const double efflux_min = is_logan && !input.is_plasma() && k2prime ? 1.0 / *k2prime : 0.0;
  for (std::size_t f = 0; f < target.frames.size(); ++f) {
    const double below = is_logan ? target.activity[f] : driving.value()[f];
    const double across = driving.integral()[f] + efflux_min * driving.value()[f];
    points.x.push_back(quotient(across, below));
    points.y.push_back(quotient(is_logan ? own.integral()[f] : target.activity[f], below));
  }
  return points;
}

std::optional<LineEnds> line_over(std::span<const double> x, double slope, double intercept, bool from_zero) {
  std::optional<LineEnds> line;
  for (const double value : x) {
    if (!std::isfinite(value)) continue;
    if (!line) line = LineEnds{{from_zero ? std::min(value, 0.0) : value, value}, {}};
    line->x = {std::min(line->x[0], value), std::max(line->x[1], value)};
  }
  if (line) line->y = {intercept + slope * line->x[0], intercept + slope * line->x[1]};
  return line;
}

std::optional<LineEnds> lassen_line(std::span<const double> VT_baseline, double occupancy, double VND) {
  std::vector<double> x(VT_baseline.begin(), VT_baseline.end());
  x.push_back(VND);
  return line_over(x, occupancy, -occupancy * VND);
}

std::vector<double> residuals(std::span<const double> measured, std::span<const double> fitted) {
  assert(measured.size() == fitted.size());
  std::vector<double> differences(measured.size());
  std::transform(measured.begin(), measured.end(), fitted.begin(), differences.begin(), std::minus<>());
  return differences;
}

}  // namespace pet
