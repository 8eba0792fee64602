// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/reference_noise.h"

#include <algorithm>
#include <array>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <string>

#include "kinetic_models/detail/bootstrap.h"
#include "kinetic_models/detail/linear.h"
#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/error.h"

namespace pet {
namespace {

constexpr std::array smooth_rates = {0.0, 1.0, 3.0, 10.0, 30.0};  // over the time from the peak to the end
constexpr std::size_t least_tail_frames = smooth_rates.size() + 4;
constexpr int pilot_samples = 100;
constexpr double pilot_noise = 0.01;  // of the target's largest frame
constexpr double least_share = 0.05;  // of the RSS that is left to the target
constexpr double enough_refits = 0.9;

enum Stream : std::uint64_t { reference_stream, target_stream, pilot_reference_stream, pilot_target_stream };

// Inverse variances with a mean of 1; those of weight zero have the smallest that is not.
std::vector<double> scaled_weights(std::span<const double> weights, std::size_t frames) {
  if (weights.empty()) return std::vector<double>(frames, 1.0);
  double least = 0.0;
  for (const double w : weights)
    if (w > 0.0 && (least == 0.0 || w < least)) least = w;
  std::vector<double> scaled;
  double sum = 0.0;
  for (const double w : weights) sum += scaled.emplace_back(w > 0.0 ? w : least);
  for (double& w : scaled) w *= static_cast<double>(frames) / sum;
  return scaled;
}

// Standard deviations of the frames for one of mean weight.
std::vector<double> frame_noise(std::span<const double> weights, std::size_t frames, double sigma) {
  std::vector<double> noise = scaled_weights(weights, frames);
  for (double& n : noise) n = sigma / std::sqrt(n);
  return noise;
}

void add_noise(TimeActivityCurve& curve, std::span<const double> sigma, double factor, NormalNoise& normal) {
  for (std::size_t i = 0; i < sigma.size(); ++i) curve.activity[i] += factor * sigma[i] * normal.next();
}

// True over estimated standard deviation, for an estimate with so many degrees of freedom.
double drawn_scale(int degrees_of_freedom, NormalNoise& normal) {
  double sum = 0.0;
  for (int i = 0; i < degrees_of_freedom; ++i) sum += std::pow(normal.next(), 2);
  return std::sqrt(degrees_of_freedom / sum);
}

// The curves that stand for the true ones, and what is fitted to them.
struct World {
  const Model& model;
  const TimeActivityCurve target;
  const ReferenceRegion& reference;
  const FitOptions& options;

  Fit refit(const TimeActivityCurve& noisy_target, const TimeActivityCurve& noisy_reference) const {
    return fit(model, noisy_target, reference.with_curve(noisy_reference), options);
  }
};

// The fitted curve; the measured one in frames that the model does not describe.
TimeActivityCurve without_noise(const TimeActivityCurve& measured, const Fit& fit) {
  TimeActivityCurve curve = measured;
  for (std::size_t i = 0; i < curve.activity.size(); ++i)
    if (std::isfinite(fit.fitted[i])) curve.activity[i] = fit.fitted[i];
  return curve;
}

double mean_of_finite(const std::vector<double>& values) {
  double sum = 0.0;
  int count = 0;
  for (const double v : values)
    if (std::isfinite(v)) sum += v, ++count;
  return count > 0 ? sum / count : 0.0;
}

DividedNoise divide(
    const World& world, const ReferenceNoise& noise, std::uint64_t seed, std::uint64_t region, double weighted_rss) {
  const std::size_t frames = world.target.frames.size();
  const double sigma = pilot_noise * *std::max_element(world.target.activity.begin(), world.target.activity.end());
  const std::vector<double> pilot = frame_noise(world.options.weights, frames, sigma);
  std::vector<double> of_reference;
  std::vector<double> of_target;
  for (std::uint64_t b = 0; b < pilot_samples; ++b) {
    NormalNoise for_reference(seed, {pilot_reference_stream, 0, b});
    NormalNoise for_target(seed, {pilot_target_stream, region, b});
    TimeActivityCurve reference = world.reference.tac();
    TimeActivityCurve target = world.target;
    add_noise(reference, noise.standard_deviation, 1.0, for_reference);
    add_noise(target, pilot, 1.0, for_target);
    of_reference.push_back(world.refit(world.target, reference).weighted_rss);
    of_target.push_back(world.refit(target, world.reference.tac()).weighted_rss);
  }
  DividedNoise divided;
  divided.share_of_target = std::clamp(1.0 - mean_of_finite(of_reference) / weighted_rss, least_share, 1.0);
  divided.target = sigma * std::sqrt(divided.share_of_target * weighted_rss / mean_of_finite(of_target));
  return divided;
}

void set_bias_corrected_percentiles(Estimate& estimate, std::vector<double> refits, double level) {
  std::sort(refits.begin(), refits.end());
  const auto n = static_cast<double>(refits.size());
  const auto [first, last] = std::equal_range(refits.begin(), refits.end(), estimate.value);
  const double below = 0.5 * static_cast<double>((first - refits.begin()) + (last - refits.begin()));
  const boost::math::normal standard;
  const double bias = boost::math::quantile(standard, std::clamp(below, 0.5, n - 0.5) / n);
  const double half = boost::math::quantile(standard, 0.5 + 0.5 * level);
  estimate.lower = detail::percentile(refits, boost::math::cdf(standard, 2.0 * bias - half));
  estimate.upper = detail::percentile(refits, boost::math::cdf(standard, 2.0 * bias + half));
}

void check(const Model& model, const ReferenceNoiseOptions& intervals) {
  if (model.needs_plasma())
    throw UsageError("model " + std::string(model.name) + " has no reference region whose noise it could carry");
  if (!(intervals.level > 0.0 && intervals.level < 1.0))
    throw UsageError("confidence level " + std::to_string(intervals.level) + ": it must lie between 0 and 1");
  if (intervals.samples < 100)
    throw UsageError("samples " + std::to_string(intervals.samples) + ": at least 100 are needed");
}

}  // namespace

ReferenceNoise estimate_reference_noise(const TimeActivityCurve& reference, std::span<const double> weights) {
  const std::size_t frames = reference.frames.size();
  if (!weights.empty() && weights.size() != frames)
    throw UsageError(std::to_string(weights.size()) + " weights for " + std::to_string(frames) + " frames");
  const std::vector<double> scaled = scaled_weights(weights, frames);
  const auto peak = static_cast<std::size_t>(std::max_element(reference.activity.begin(), reference.activity.end()) -
                                             reference.activity.begin());
  std::vector<double> activity;
  std::vector<double> used;
  std::vector<std::vector<double>> columns(smooth_rates.size());
  const double start = reference.frames[peak].mid_min();
  const double duration = reference.frames.back().mid_min() - start;
  for (std::size_t i = peak + 1; i < frames; ++i) {
    if (!weights.empty() && !(weights[i] > 0.0)) continue;
    activity.push_back(reference.activity[i]);
    used.push_back(scaled[i]);
    for (std::size_t k = 0; k < smooth_rates.size(); ++k)
      columns[k].push_back(std::exp(-smooth_rates[k] * (reference.frames[i].mid_min() - start) / duration));
  }
  if (activity.size() < least_tail_frames)
    throw bad_input("noise of the reference curve", std::to_string(activity.size()) + " frames after its peak",
                    "at least " + std::to_string(least_tail_frames));
  const detail::LinearSolution smooth = detail::weighted_least_squares(columns, activity, used);
  ReferenceNoise noise;
  noise.degrees_of_freedom = static_cast<int>(activity.size() - smooth_rates.size());
  noise.standard_deviation = frame_noise(weights, frames, std::sqrt(smooth.weighted_rss / noise.degrees_of_freedom));
  return noise;
}

DividedNoise add_reference_noise_intervals(const Model& model,
                                           const TimeActivityCurve& target,
                                           const ReferenceRegion& reference,
                                           const FitOptions& options,
                                           const ReferenceNoise& noise,
                                           const ReferenceNoiseOptions& intervals,
                                           std::uint64_t region,
                                           Fit& fit) {
  check(model, intervals);
  if (fit.parameters.empty() || fit.degrees_of_freedom < 1 || !(fit.weighted_rss > 0.0)) return {};
  const World world{model, without_noise(target, fit), reference, options};
  const DividedNoise divided = divide(world, noise, intervals.seed, region, fit.weighted_rss);
  const std::vector<double> sigma = frame_noise(options.weights, target.frames.size(), divided.target);
  std::vector<std::vector<double>> refits(fit.estimates.size());
  for (std::uint64_t b = 0; b < static_cast<std::uint64_t>(intervals.samples); ++b) {
    NormalNoise for_reference(intervals.seed, {reference_stream, 0, b});
    NormalNoise for_target(intervals.seed, {target_stream, region, b});
    TimeActivityCurve noisy_reference = world.reference.tac();
    TimeActivityCurve noisy_target = world.target;
    const double reference_scale = drawn_scale(noise.degrees_of_freedom, for_reference);
    const double target_scale = drawn_scale(fit.degrees_of_freedom, for_target);
    add_noise(noisy_reference, noise.standard_deviation, reference_scale, for_reference);
    add_noise(noisy_target, sigma, target_scale, for_target);
    const Fit refit = world.refit(noisy_target, noisy_reference);
    for (std::size_t q = 0; q < refits.size(); ++q)
      if (std::isfinite(refit.estimates[q].value)) refits[q].push_back(refit.estimates[q].value);
  }
  bool has_failed = false;
  for (std::size_t q = 0; q < refits.size(); ++q) {
    if (!std::isfinite(fit.estimates[q].value)) continue;
    if (static_cast<double>(refits[q].size()) >= enough_refits * intervals.samples)
      set_bias_corrected_percentiles(fit.estimates[q], std::move(refits[q]), intervals.level);
    else
      has_failed = true;
  }
  if (has_failed) fit.flags.push_back("bootstrap_failed");
  return divided;
}

}  // namespace pet
