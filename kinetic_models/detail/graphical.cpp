// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/graphical.h"

#include <array>

#include "kinetic_models/detail/integral_sensitivity.h"

namespace pet::detail {
namespace {

using Numerators = std::vector<std::vector<double>>;

// numerator_y less the slopes times the numerators_x.
double remainder(const GraphicalPlot& plot,
                 const Numerators& numerators_x,
                 std::span<const double> numerator_y,
                 std::size_t frame) {
  double rest = numerator_y[frame];
  for (std::size_t c = 0; c < numerators_x.size(); ++c) rest -= plot.line.coefficients[c] * numerators_x[c][frame];
  return rest;
}

// The residual of a point is (integral - slope numerator_x) / C - intercept: its derivative by the activities of the
// curve.
std::vector<double> plot_error(const GraphicalPlot& plot,
                               const Numerators& numerators_x,
                               std::span<const double> numerator_y,
                               const TimeActivityCurve& target,
                               Sampling sampling) {
  const std::size_t n = target.frames.size();
  const std::vector<double> sensitivity = integral_sensitivity(target, sampling).once;
  std::vector<double> error(plot.used.index.size() * n);
  for (std::size_t r = 0; r < plot.used.index.size(); ++r) {
    const std::size_t i = plot.used.index[r];
    const double activity = target.activity[i];
    const double ratio = remainder(plot, numerators_x, numerator_y, i) / activity;
    for (std::size_t j = 0; j < n; ++j) error[r * n + j] = (sensitivity[i * n + j] - (i == j ? ratio : 0.0)) / activity;
  }
  return error;
}

}  // namespace

GraphicalPlot graphical_plot(const Numerators& numerators_x,
                             std::span<const double> numerator_y,
                             const TimeActivityCurve& target,
                             Sampling sampling,
                             const FitOptions& options,
                             const Model& model) {
  const FramesUsed candidates = frames_used(target, options, model.least_frames, model.name);
  GraphicalPlot plot;
  plot.used.frames = candidates.frames;
  std::vector<double> y;
  Numerators columns(numerators_x.size() + 1);
  for (std::size_t r = 0; r < candidates.index.size(); ++r) {
    const std::size_t i = candidates.index[r];
    if (target.activity[i] == 0.0) {
      ++plot.skipped;
      continue;
    }
    plot.used.index.push_back(i);
    plot.used.weight.push_back(candidates.weight[r]);
    for (std::size_t c = 0; c < numerators_x.size(); ++c) columns[c].push_back(numerators_x[c][i] / target.activity[i]);
    columns.back().push_back(1.0);
    y.push_back(numerator_y[i] / target.activity[i]);
  }
  plot.line = weighted_least_squares(columns, y, plot.used.weight);
  propagate_frame_noise(plot.line, columns, plot.used.weight,
                        plot_error(plot, numerators_x, numerator_y, target, sampling),
                        all_frame_weights(target, options));
  return plot;
}

std::vector<double> curve_of_line(const GraphicalPlot& plot,
                                  const Numerators& numerators_x,
                                  std::span<const double> numerator_y,
                                  std::size_t frames) {
  std::vector<double> curve(frames, not_available);
  for (const std::size_t i : plot.used.index)
    curve[i] = remainder(plot, numerators_x, numerator_y, i) / plot.line.coefficients.back();
  return curve;
}

}  // namespace pet::detail
