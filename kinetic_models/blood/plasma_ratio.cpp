// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/plasma_ratio.h"

#include <algorithm>
#include <cmath>

#include "kinetic_models/detail/formula.h"
#include "libpet/error.h"

namespace pet {
namespace {

using detail::evaluate;

void constant(std::span<const double> p, std::span<const double> t, std::span<double> y, std::span<double> jacobian) {
  evaluate<1>([](const auto* q, double) { return q[0]; }, p, t, y, jacobian);
}

void linear(std::span<const double> p, std::span<const double> t, std::span<double> y, std::span<double> jacobian) {
  evaluate<2>([](const auto* q, double time) { return q[0] + q[1] * time; }, p, t, y, jacobian);
}

void exponential(std::span<const double> p,
                 std::span<const double> t,
                 std::span<double> y,
                 std::span<double> jacobian) {
  const auto formula = [](const auto* q, double time) {
    using std::exp;
    return q[1] + (q[0] - q[1]) * exp(-q[2] * time);
  };
  evaluate<3>(formula, p, t, y, jacobian);
}

constexpr std::array models = {
    BloodModel{"constant", "constant ratio", "a", "", constant_ratio_parameters, constant},
    BloodModel{"linear", "straight line", "a + b t", "", linear_ratio_parameters, linear},
    BloodModel{"exponential", "exponential approach", "b + (a - b) exp(-c t)", "", exponential_ratio_parameters,
               exponential},
};

double largest(const SampleSeries& samples) {
  return *std::max_element(samples.value.begin(), samples.value.end());
}

}  // namespace

PlasmaRatio measured_ratio(const SampleSeries& plasma, const SampleSeries& whole_blood) {
  PlasmaRatio ratio;
  if (plasma.empty() || whole_blood.empty()) return ratio;
  constexpr double least_share = 0.01;
  const BloodCurve blood = linear_curve(whole_blood);
  int interpolated = 0;
  int left_out = 0;
  for (std::size_t i = 0; i < plasma.size(); ++i) {
    const double t = plasma.time_min[i];
    const bool is_inside = t >= whole_blood.time_min.front() && t <= whole_blood.time_min.back();
    const double value = blood(t);
    if (!is_inside || !(value > least_share * largest(whole_blood)) ||
        !(plasma.value[i] > least_share * largest(plasma))) {
      ++left_out;
      continue;
    }
    if (!std::binary_search(whole_blood.time_min.begin(), whole_blood.time_min.end(), t)) ++interpolated;
    ratio.samples.time_min.push_back(t);
    ratio.samples.value.push_back(plasma.value[i] / value);
  }
  if (interpolated > 0)
    ratio.notes.push_back("whole blood was interpolated linearly to the times of " + std::to_string(interpolated) +
                          " plasma samples for the plasma-to-blood ratio");
  if (left_out > 0)
    ratio.notes.push_back(
        std::to_string(left_out) +
        " plasma samples are not in the plasma-to-blood ratio: no whole blood at their time, or below "
        "1 % of the largest value");
  return ratio;
}

void model_ratio(PlasmaRatio& ratio, std::string_view model, double end_min) {
  if (ratio.samples.empty())
    throw bad_input("blood samples", "no plasma with whole blood at its time", "at least one plasma-to-blood ratio");
  ratio.model = model;
  if (model == "interpolation") {
    ratio.curve = linear_curve(ratio.samples);
    return;
  }
  const auto found = std::find_if(models.begin(), models.end(), [&](const BloodModel& m) { return m.name == model; });
  if (found == models.end())
    throw UsageError("no model of the plasma-to-blood ratio '" + std::string(model) + "'" +
                     suggestion(model, plasma_ratio_choices()));
  const BloodFit fit = fit_blood_model(*found, ratio.samples, std::vector<double>(ratio.samples.size(), 1.0));
  if (!fit.is_found())
    throw bad_input("blood samples", std::to_string(ratio.samples.size()) + " plasma-to-blood ratios",
                    "at least " + std::to_string(found->parameters.size()) + " for the model " + std::string(model));
  if (!(fit.value(0.0) > 0.0 && fit.value(end_min) > 0.0))
    throw bad_input("blood samples", "a " + std::string(model) + " plasma-to-blood ratio that is not above zero",
                    "another --ratio model");
  if (fit.status != FitStatus::ok)
    ratio.notes.push_back("the fit of the plasma-to-blood ratio has status " + std::string(name_of(fit.status)));
  ratio.fits = {fit};
  ratio.curve = [fit](double t) { return fit.value(t); };
}

std::vector<std::string> plasma_ratio_choices() {
  std::vector<std::string> names = {"interpolation"};
  for (const BloodModel& model : models) names.emplace_back(model.name);
  return names;
}

}  // namespace pet
