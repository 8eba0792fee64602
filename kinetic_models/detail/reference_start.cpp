// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/reference_start.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kinetic_models/detail/autodiff.h"

namespace pet::detail {
namespace {

constexpr int rates = 40;
constexpr double slowest_per_min = 1e-3;
constexpr double fastest_per_min = 2.0;
constexpr double low_binding = 0.5;

// Least squares of the target on two curves, by normal equations: good enough for a start.
struct TwoCurves {
  double a = 0.0;
  double b = 0.0;
  double rss = std::numeric_limits<double>::infinity();
};

TwoCurves regress(std::span<const double> x1,
                  std::span<const double> x2,
                  std::span<const double> y,
                  const FramesUsed& used) {
  double s11 = 0.0, s12 = 0.0, s22 = 0.0, s1y = 0.0, s2y = 0.0, syy = 0.0;
  for (std::size_t r = 0; r < used.index.size(); ++r) {
    const std::size_t i = used.index[r];
    const double w = used.weight[r];
    s11 += w * x1[i] * x1[i];
    s12 += w * x1[i] * x2[i];
    s22 += w * x2[i] * x2[i];
    s1y += w * x1[i] * y[i];
    s2y += w * x2[i] * y[i];
    syy += w * y[i] * y[i];
  }
  const double determinant = s11 * s22 - s12 * s12;
  if (!(determinant > 1e-14 * s11 * s22)) return {};
  TwoCurves fit;
  fit.a = (s22 * s1y - s12 * s2y) / determinant;
  fit.b = (s11 * s2y - s12 * s1y) / determinant;
  fit.rss = syy - fit.a * s1y - fit.b * s2y;
  return fit;
}

}  // namespace

std::vector<double> best_start(const SampledInput& input,
                               const TimeActivityCurve& target,
                               const FramesUsed& used,
                               std::span<const Parameter> parameters,
                               const FromBasis& parameters_from) {
  std::vector<double> best;
  for (const Parameter& parameter : parameters) best.push_back(parameter.initial);
  double best_rss = std::numeric_limits<double>::infinity();
  for (int i = 0; i < rates; ++i) {
    const double theta = slowest_per_min * std::pow(fastest_per_min / slowest_per_min, i / (rates - 1.0));
    const TwoCurves curves = regress(input.value(), convolved(input, theta), target.activity, used);
    if (!(curves.rss < best_rss)) continue;
    std::vector<double> candidate = parameters_from(theta, curves.a, curves.b);
    const bool is_usable = std::all_of(candidate.begin(), candidate.end(), [](double v) { return std::isfinite(v); });
    if (!is_usable) continue;
    bool is_inside = true;
    for (std::size_t j = 0; j < parameters.size(); ++j) {
      if (parameters[j].is_held()) continue;
      is_inside = is_inside && candidate[j] >= parameters[j].lower && candidate[j] <= parameters[j].upper;
      candidate[j] = std::clamp(candidate[j], parameters[j].lower, parameters[j].upper);
    }
    if (!is_inside && best_rss < std::numeric_limits<double>::infinity()) continue;
    best = std::move(candidate);
    best_rss = is_inside ? curves.rss : std::numeric_limits<double>::max();
  }
  return best;
}

void flag_low_binding(Fit& fit) {
  if (fit["BPND"].value < low_binding) fit.flags.push_back("low_binding");
}

}  // namespace pet::detail
