// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "kinetic_models/detail/frames_used.h"

namespace pet::detail {
namespace {

constexpr double least_share = 0.9;  // of the refits that have to give a number

// Weighted residuals in the frames that the model describes, with a mean of 0 and the size of the noise.
struct Residuals {
  std::vector<std::size_t> index;
  std::vector<double> weight;
  std::vector<double> value;
};

Residuals residuals_of(const Model& model, const TimeActivityCurve& target, const FitOptions& options, const Fit& fit) {
  FitOptions used_options = options;
  if (!model.uses_weights) used_options.weights.clear();
  const FramesUsed used = frames_used(target, used_options, 1, model.name);
  Residuals residuals;
  double mean = 0.0;
  for (std::size_t r = 0; r < used.index.size(); ++r) {
    const std::size_t i = used.index[r];
    if (!std::isfinite(fit.fitted[i])) continue;
    residuals.index.push_back(i);
    residuals.weight.push_back(used.weight[r]);
    residuals.value.push_back(std::sqrt(used.weight[r]) * (target.activity[i] - fit.fitted[i]));
    mean += residuals.value.back();
  }
  const auto n = static_cast<double>(residuals.value.size());
  mean /= n;
  const double enlarged = std::sqrt(n / std::max(1.0, static_cast<double>(fit.degrees_of_freedom)));
  for (double& value : residuals.value) value = enlarged * (value - mean);
  return residuals;
}

TimeActivityCurve resampled(const TimeActivityCurve& target,
                            const Fit& fit,
                            const Residuals& residuals,
                            Resampling resampling,
                            std::mt19937_64& generator) {
  TimeActivityCurve curve = target;
  for (std::size_t r = 0; r < residuals.index.size(); ++r) {
    const std::size_t i = residuals.index[r];
    const std::uint64_t draw = generator() >> 11;
    const double residual =
        resampling == Resampling::wild
            ? ((draw & 1U) != 0 ? residuals.value[r] : -residuals.value[r])
            : residuals.value[static_cast<std::size_t>(static_cast<double>(draw) * 0x1.0p-53 *
                                                       static_cast<double>(residuals.value.size()))];
    curve.activity[i] = fit.fitted[i] + residual / std::sqrt(residuals.weight[r]);
  }
  return curve;
}

}  // namespace

double percentile(const std::vector<double>& sorted, double fraction) {
  const double at = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

void add_bootstrap(const Model& model,
                   const TimeActivityCurve& target,
                   const ScanInput& input,
                   const FitOptions& options,
                   const IntervalOptions& intervals,
                   Fit& fit) {
  const Residuals residuals = residuals_of(model, target, options, fit);
  std::mt19937_64 generator(intervals.seed);
  std::vector<std::vector<double>> values(fit.estimates.size());
  for (int s = 0; s < intervals.samples; ++s) {
    const Fit refit =
        pet::fit(model, resampled(target, fit, residuals, intervals.resampling, generator), input, options);
    if (refit.status == FitStatus::failed || refit.status == FitStatus::not_converged) continue;
    for (std::size_t q = 0; q < values.size(); ++q)
      if (std::isfinite(refit.estimates[q].value)) values[q].push_back(refit.estimates[q].value);
  }
  bool is_complete = true;
  const double tail = 0.5 * (1.0 - intervals.level);
  for (std::size_t q = 0; q < values.size(); ++q) {
    Estimate& estimate = fit.estimates[q];
    if (!std::isfinite(estimate.value)) continue;
    if (static_cast<double>(values[q].size()) < least_share * intervals.samples) {
      is_complete = false;
      continue;
    }
    std::sort(values[q].begin(), values[q].end());
    estimate.lower = percentile(values[q], tail);
    estimate.upper = percentile(values[q], 1.0 - tail);
  }
  if (!is_complete) fit.flags.push_back("bootstrap_failed");
}

}  // namespace pet::detail
