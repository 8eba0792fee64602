// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/blood_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "kinetic_models/detail/curve_fit.h"

namespace pet {
namespace {

FitStatus status_of(const detail::Solution& solution) {
  const auto is_false = [](bool b) { return !b; };
  if (!solution.converged) return FitStatus::not_converged;
  if (std::any_of(solution.at_bound.begin(), solution.at_bound.end(), [](bool b) { return b; }))
    return FitStatus::at_bound;
  if (std::any_of(solution.determined.begin(), solution.determined.end(), is_false)) return FitStatus::unidentifiable;
  return FitStatus::ok;
}

std::vector<Estimate> estimates_of(std::span<const Parameter> parameters, const detail::CurveFit& fit) {
  const std::size_t p = parameters.size();
  std::vector<Estimate> estimates;
  for (std::size_t j = 0; j < p; ++j) {
    estimates.push_back({parameters[j].symbol, parameters[j].unit, fit.solution.parameters[j]});
    const double variance = fit.solution.covariance[j * p + j];
    if (!parameters[j].is_held() && fit.degrees_of_freedom > 0 && variance >= 0.0)
      estimates.back().standard_error = std::sqrt(variance);
  }
  return estimates;
}

}  // namespace

double BloodFit::value(double time_min) const {
  const std::array time = {time_min};
  std::array<double, 1> result{};
  model->evaluate(parameters, time, result, {});
  return result[0];
}

BloodFit fit_blood_model(const BloodModel& model,
                         const SampleSeries& samples,
                         std::vector<double> weights,
                         std::span<const double> held) {
  std::vector<Parameter> parameters(model.parameters.begin(), model.parameters.end());
  for (std::size_t j = 0; j < held.size(); ++j) parameters[j].held = held[j];
  BloodFit result;
  result.model = &model;
  result.samples = samples.size();
  if (samples.size() < std::max<std::size_t>(1, detail::count_fitted(parameters))) return result;
  const detail::CurveFit fit =
      detail::fit_curve(parameters, model.evaluate, {samples.time_min, samples.value, std::move(weights)});
  if (fit.solution.parameters.empty()) return result;
  result.status = status_of(fit.solution);
  result.parameters = fit.solution.parameters;
  result.estimates = estimates_of(parameters, fit);
  result.weighted_rss = fit.solution.weighted_rss;
  result.aicc = fit.aicc;
  return result;
}

int add_akaike_weights(std::vector<BloodFit>& fits) {
  int best = -1;
  for (std::size_t i = 0; i < fits.size(); ++i)
    if (!std::isnan(fits[i].aicc) && (best < 0 || fits[i].aicc < fits[static_cast<std::size_t>(best)].aicc))
      best = static_cast<int>(i);
  if (best < 0) return best;
  const double least = fits[static_cast<std::size_t>(best)].aicc;
  double sum = 0.0;
  for (const BloodFit& fit : fits)
    if (!std::isnan(fit.aicc)) sum += std::exp(-0.5 * (fit.aicc - least));
  for (BloodFit& fit : fits)
    if (!std::isnan(fit.aicc)) fit.akaike_weight = std::exp(-0.5 * (fit.aicc - least)) / sum;
  return best;
}

}  // namespace pet
