// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/graphical.h"

#include <array>

namespace pet::detail {

GraphicalPlot graphical_plot(std::span<const double> numerator_x,
                             std::span<const double> numerator_y,
                             const TimeActivityCurve& target,
                             const FitOptions& options,
                             const Model& model) {
  const FramesUsed candidates = frames_used(target, options, model.least_frames, model.name);
  GraphicalPlot plot;
  for (std::size_t r = 0; r < candidates.index.size(); ++r) {
    const std::size_t i = candidates.index[r];
    if (target.activity[i] == 0.0) {
      ++plot.skipped;
      continue;
    }
    plot.used.index.push_back(i);
    plot.used.weight.push_back(candidates.weight[r]);
    plot.x.push_back(numerator_x[i] / target.activity[i]);
    plot.y.push_back(numerator_y[i] / target.activity[i]);
  }
  const std::array columns = {plot.x, std::vector<double>(plot.x.size(), 1.0)};
  plot.line = weighted_least_squares(columns, plot.y, plot.used.weight);
  return plot;
}

std::vector<double> curve_of_line(const GraphicalPlot& plot,
                                  std::span<const double> numerator_x,
                                  std::span<const double> numerator_y,
                                  std::size_t frames) {
  std::vector<double> curve(frames, not_available);
  for (const std::size_t i : plot.used.index)
    curve[i] = (numerator_y[i] - plot.line.coefficients[0] * numerator_x[i]) / plot.line.coefficients[1];
  return curve;
}

}  // namespace pet::detail
