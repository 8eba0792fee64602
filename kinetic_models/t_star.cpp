// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/t_star.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kinetic_models/detail/frames_used.h"
#include "libpet/error.h"

namespace pet {
namespace {

constexpr double same_time_min = 1e-9;

// The curve of the tissue alone, as fit() makes it for linear methods.
std::vector<double> without_blood(const std::vector<double>& curve, const ScanInput& input, const FitOptions& options) {
  const double vB = options.vB.value.value_or(0.0);
  if (!input.is_plasma() || vB == 0.0) return curve;
  const Plasma& plasma = input.plasma();
  const auto blood = plasma.whole_blood().moved(options.delay_min.value.value_or(plasma.delay_min())).value;
  std::vector<double> tissue = curve;
  for (std::size_t i = 0; i < tissue.size(); ++i) tissue[i] = (curve[i] - vB * blood[i]) / (1.0 - vB);
  return tissue;
}

// The largest |point - line| / |line|. Where C_T divides, y = I / C and the line is y - b (f - C) / C, with f the
// fitted curve, b the intercept and I the integral of C; elsewhere point and line are C and f over the same divisor.
double largest_error(const Model& model,
                     const TimeActivityCurve& target,
                     const ScanInput& input,
                     const FitOptions& options,
                     const Fit& fit) {
  const TimeActivityCurve tissue{target.frames, without_blood(target.activity, input, options)};
  const std::vector<double> fitted = without_blood(fit.fitted, input, options);
  std::vector<double> integral;
  if (model.divides_by_target)
    integral = SampledInput(measured_curve(tissue, input.sampling()), tissue.frames, input.sampling()).integral();
  double largest = 0.0;
  for (std::size_t i = 0; i < fitted.size(); ++i) {
    if (std::isnan(fitted[i])) continue;
    double deviation = fitted[i] - tissue.activity[i];
    double line = fitted[i];
    if (model.divides_by_target) {
      deviation *= fit.parameters.back();
      line = integral[i] - deviation;
    }
    const double error = std::abs(deviation / line);
    if (!(error <= largest)) largest = error;
  }
  return largest;
}

std::size_t count_used(const TimeActivityCurve& target, const FitOptions& options) {
  return detail::frames_used(target, options, 0, "").index.size();
}

}  // namespace

std::vector<TStarCandidate> t_star_scan(const Model& model,
                                        const TimeActivityCurve& target,
                                        const ScanInput& input,
                                        FitOptions options,
                                        const TStarOptions& choice) {
  if (model.t_star == Use::no || !model.uses_weights)
    throw UsageError("model " + std::string(model.name) + " has no straight line whose start could be chosen");
  if (!(choice.most_error > 0.0))
    throw UsageError("largest error " + std::to_string(choice.most_error) + ": it must be positive");
  const std::size_t least = std::max(choice.least_frames, model.least_frames);
  std::vector<TStarCandidate> candidates;
  for (const Frame& frame : target.frames) {
    TStarCandidate candidate{.t_star_min = frame.mid_min()};
    options.t_star_min = candidate.t_star_min;
    candidate.frames = count_used(target, options);
    if (candidate.frames < least) break;
    const Fit found = fit(model, target, input, options);
    candidate.status = found.status;
    candidate.value = found.estimates.front().value;
    candidate.standard_error = found.estimates.front().standard_error;
    if (!found.parameters.empty()) candidate.largest_error = largest_error(model, target, input, options, found);
    candidate.is_admissible = found.status == FitStatus::ok && candidate.largest_error <= choice.most_error;
    candidates.push_back(candidate);
  }
  if (candidates.empty())
    throw bad_input("t* of model " + std::string(model.name), std::to_string(target.frames.size()) + " frames",
                    "at least " + std::to_string(least) + " to fit");
  return candidates;
}

bool never_straight(std::span<const TStarCandidate> candidates) {
  return std::none_of(candidates.begin(), candidates.end(), [](const TStarCandidate& c) { return c.is_admissible; });
}

std::optional<double> common_t_star(std::span<const std::vector<TStarCandidate>> regions) {
  const auto straight =
      std::find_if(regions.begin(), regions.end(), [](const auto& region) { return !never_straight(region); });
  if (straight == regions.end()) return std::nullopt;
  const auto admits = [&](const std::vector<TStarCandidate>& region, double t_star) {
    return never_straight(region) || std::any_of(region.begin(), region.end(), [&](const TStarCandidate& c) {
             return c.is_admissible && std::abs(c.t_star_min - t_star) <= same_time_min;
           });
  };
  for (const TStarCandidate& candidate : *straight)
    if (std::all_of(regions.begin(), regions.end(),
                    [&](const auto& region) { return admits(region, candidate.t_star_min); }))
      return candidate.t_star_min;
  return std::nullopt;
}

TStarInterval interval_over_t_star(std::span<const TStarCandidate> candidates, double t_star_min, double half_width) {
  const auto chosen = std::find_if(candidates.begin(), candidates.end(), [&](const TStarCandidate& c) {
    return std::abs(c.t_star_min - t_star_min) <= same_time_min;
  });
  if (chosen == candidates.end()) return {};
  double least = chosen->value;
  double most = chosen->value;
  for (auto later = chosen; later != candidates.end() && 2 * later->frames >= chosen->frames; ++later) {
    if (!later->is_admissible) continue;
    least = std::min(least, later->value);
    most = std::max(most, later->value);
  }
  return {least - half_width, most + half_width};
}

}  // namespace pet
