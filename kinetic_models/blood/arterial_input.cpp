// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/arterial_input.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "kinetic_models/detail/formula.h"
#include "libpet/error.h"

namespace pet {
namespace {

using detail::evaluate;

void triexp(std::span<const double> p, std::span<const double> t, std::span<double> y, std::span<double> jacobian) {
  const auto formula = [](const auto* q, double s) {
    using std::exp;
    return q[0] * exp(-q[2] * s) + (1.0 - q[0]) * (q[1] * exp(-q[3] * s) + (1.0 - q[1]) * exp(-q[4] * s));
  };
  evaluate<5>(formula, p, t, y, jacobian);
}

void feng(std::span<const double> p, std::span<const double> t, std::span<double> y, std::span<double> jacobian) {
  const auto formula = [](const auto* q, double time) {
    using std::exp;
    const auto s = time - q[0];
    if (s <= 0.0) return s * 0.0;
    return (q[1] * s - q[2] - q[3]) * exp(-q[4] * s) + q[2] * exp(-q[5] * s) + q[3] * exp(-q[6] * s);
  };
  evaluate<7>(formula, p, t, y, jacobian);
}

constexpr BloodModel triexp_model = {
    "triexp",
    "three exponentials after the peak",
    "s1 exp(-l1 s) + (1 - s1) (s2 exp(-l2 s) + (1 - s2) exp(-l3 s)), s = t - t_peak, in units of the peak",
    "",
    triexp_parameters,
    triexp};
constexpr BloodModel feng_model = {
    "feng",
    "Feng's curve",
    "(A1 s - A2 - A3) exp(-l1 s) + A2 exp(-l2 s) + A3 exp(-l3 s), s = t - t0, in units of the peak",
    "Feng, Huang & Wang 1993, doi:10.1016/0020-7101(93)90049-C",
    feng_parameters,
    feng};

// Half the distance to the samples on both sides.
double time_stood_for(const SampleSeries& s, std::size_t i) {
  const double before = s.time_min[i == 0 ? 0 : i - 1];
  const double after = s.time_min[std::min(i + 1, s.size() - 1)];
  return 0.5 * (after - before);
}

// Weights from the measured values would draw the curve below them (a sample that is low by chance weighs more), so
// that the first fit has weights of time alone, and those that follow have the concentration from the curve before.
BloodFit fit_with_model_weights(const BloodModel& model,
                                const SampleSeries& points,
                                const std::vector<double>& durations) {
  constexpr double floor = 0.01;
  constexpr int reweightings = 5;
  BloodFit fit = fit_blood_model(model, points, durations);
  for (int i = 0; i < reweightings && fit.is_found(); ++i) {
    std::vector<double> weights = durations;
    for (std::size_t j = 0; j < weights.size(); ++j) weights[j] /= std::max(fit.value(points.time_min[j]), floor);
    fit = fit_blood_model(model, points, std::move(weights));
  }
  return fit;
}

void require_samples(std::size_t found, std::size_t parameters, std::string_view model) {
  if (found <= parameters)
    throw bad_input(
        "blood samples", std::to_string(found) + " samples for the input function",
        "at least " + std::to_string(parameters + 1) + " for --aif " + std::string(model) + "; or --aif interpolation");
}

}  // namespace

ArterialInput fit_arterial_input(const SampleSeries& parent_plasma,
                                 std::string_view model,
                                 const BloodCurve& before_peak) {
  const auto top = std::max_element(parent_plasma.value.begin(), parent_plasma.value.end());
  const auto first = static_cast<std::size_t>(top - parent_plasma.value.begin());
  ArterialInput input;
  input.peak = *top;
  input.peak_min = parent_plasma.time_min[first];
  const bool is_triexp = model == "triexp";
  if (!is_triexp && model != "feng")
    throw UsageError("no model of the input function '" + std::string(model) +
                     "'; there are: interpolation, triexp, feng");
  const BloodModel& chosen = is_triexp ? triexp_model : feng_model;
  SampleSeries points;
  std::vector<double> durations;
  for (std::size_t i = is_triexp ? first : 0; i < parent_plasma.size(); ++i) {
    points.time_min.push_back(parent_plasma.time_min[i] - (is_triexp ? input.peak_min : 0.0));
    points.value.push_back(parent_plasma.value[i] / input.peak);
    durations.push_back(time_stood_for(parent_plasma, i));
  }
  require_samples(points.size(), chosen.parameters.size(), model);
  input.fit = fit_with_model_weights(chosen, points, durations);
  if (!input.fit.is_found())
    throw bad_input("blood samples", "an input function that " + std::string(model) + " cannot be fitted to",
                    "--aif interpolation");
  if (is_triexp)
    input.curve = [fit = input.fit, peak = input.peak, start = input.peak_min, before_peak](double t) {
      return t < start ? before_peak(t) : peak * fit.value(t - start);
    };
  else
    input.curve = [fit = input.fit, peak = input.peak](double t) { return std::max(0.0, peak * fit.value(t)); };
  return input;
}

}  // namespace pet
