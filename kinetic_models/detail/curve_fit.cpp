// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/curve_fit.h"

#include <cassert>
#include <numeric>

#include "kinetic_models/detail/statistics.h"

namespace pet::detail {

PointsAsFrames::PointsAsFrames(std::vector<double> values, std::span<const double> weights) {
  const std::size_t count = values.size();
  std::vector<Frame> frames;
  for (std::size_t i = 0; i < count; ++i) frames.push_back({static_cast<double>(i), static_cast<double>(i + 1)});
  curve = {Frames(std::move(frames)), std::move(values)};
  used.frames = count;
  used.index.resize(count);
  std::iota(used.index.begin(), used.index.end(), std::size_t{0});
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(count);
  for (const double weight : weights) used.weight.push_back(weight / mean);
}

CurveFit fit_curve(std::span<const Parameter> parameters,
                   const CurveFunction& function,
                   const WeightedPoints& points,
                   std::vector<std::vector<double>> starts,
                   int random_starts,
                   std::uint64_t seed) {
  assert(points.x.size() == points.y.size() && points.y.size() == points.weight.size());
  assert(points.y.size() >= count_fitted(parameters) && !points.y.empty());
  starts.emplace_back();
  for (const Parameter& parameter : parameters) starts.back().push_back(parameter.initial);
  FitOptions options;
  options.starts = random_starts + 1;
  options.seed = seed;
  const Prediction prediction = [&](std::span<const double> p, std::span<double> predicted,
                                    std::span<double> jacobian) { function(p, points.x, predicted, jacobian); };
  const PointsAsFrames frames(points.y, points.weight);
  CurveFit fit;
  fit.solution = least_squares(parameters, prediction, frames.curve, frames.used, options, std::move(starts));
  if (fit.solution.parameters.empty()) return fit;
  Fit goodness;
  add_goodness_of_fit(goodness, fit.solution.weighted_rss, points.y.size(), count_fitted(parameters));
  fit.aicc = goodness.aicc;
  fit.degrees_of_freedom = goodness.degrees_of_freedom;
  return fit;
}

}  // namespace pet::detail
