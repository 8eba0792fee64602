// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/graphical.h"

#include <array>

namespace pet::detail {
namespace {

// The residual of a point is (integral - slope numerator_x) / C - intercept: its derivative by the activities of the
// curve.
std::vector<double> plot_error(const GraphicalPlot& plot,
                               std::span<const double> numerator_x,
                               std::span<const double> numerator_y,
                               const TimeActivityCurve& target,
                               Sampling sampling) {
  const std::size_t n = target.frames.size();
  const std::vector<double> sensitivity = integral_sensitivity(target, sampling);
  std::vector<double> error(plot.used.index.size() * n);
  for (std::size_t r = 0; r < plot.used.index.size(); ++r) {
    const std::size_t i = plot.used.index[r];
    const double activity = target.activity[i];
    const double ratio = (numerator_y[i] - plot.line.coefficients[0] * numerator_x[i]) / activity;
    for (std::size_t j = 0; j < n; ++j) error[r * n + j] = (sensitivity[i * n + j] - (i == j ? ratio : 0.0)) / activity;
  }
  return error;
}

}  // namespace

GraphicalPlot graphical_plot(std::span<const double> numerator_x,
                             std::span<const double> numerator_y,
                             const TimeActivityCurve& target,
                             Sampling sampling,
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
  propagate_frame_noise(plot.line, columns, plot.used.weight,
                        plot_error(plot, numerator_x, numerator_y, target, sampling),
                        all_frame_weights(target, options));
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
