// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/parent_fraction.h"

#include <algorithm>

#include "kinetic_models/blood/parent_fraction_models.h"
#include "libpet/error.h"

namespace pet {
namespace {

std::vector<double> held_start(const BloodModel& model, bool is_start_fitted) {
  std::vector<double> held(model.parameters.size(), not_held);
  if (!is_start_fitted) held.back() = 1.0;
  return held;
}

// A sample at injection says nothing where the fraction there is held, and must not count as one.
SampleSeries informative(const SampleSeries& samples, bool is_start_fitted) {
  if (is_start_fitted) return samples;
  SampleSeries later;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples.time_min[i] <= 0.0) continue;
    later.time_min.push_back(samples.time_min[i]);
    later.value.push_back(samples.value[i]);
  }
  return later;
}

BloodFit fitted(const BloodModel& model, const SampleSeries& samples, bool is_start_fitted) {
  return fit_blood_model(model, samples, std::vector<double>(samples.size(), 1.0), held_start(model, is_start_fitted));
}

SampleSeries with_start(const SampleSeries& samples, bool is_start_fitted) {
  if (is_start_fitted || samples.time_min.front() <= 0.0) return samples;
  SampleSeries all = samples;
  all.time_min.insert(all.time_min.begin(), 0.0);
  all.value.insert(all.value.begin(), 1.0);
  return all;
}

void use_fit(ParentFraction& result, int which) {
  const BloodFit& fit = result.fits[static_cast<std::size_t>(which)];
  result.chosen = which;
  result.model = fit.model->name;
  result.chosen = which;
  result.curve = [fit](double t) { return fit.value(t); };
  if (fit.status != FitStatus::ok)
    result.notes.push_back("the fit of the parent fraction by " + result.model + " has status " +
                           std::string(name_of(fit.status)));
}

void interpolate(ParentFraction& result, const SampleSeries& samples, bool is_monotone, bool is_start_fitted) {
  const SampleSeries all = with_start(samples, is_start_fitted);
  result.model = is_monotone ? "monotone" : "interpolation";
  result.curve = is_monotone ? monotone_curve(all) : linear_curve(all);
  if (is_monotone && all.size() < 4)
    result.notes.push_back("fewer than four parent fractions: straight lines instead of a monotone cubic");
}

void choose(ParentFraction& result, const SampleSeries& all, bool is_start_fitted) {
  const SampleSeries samples = informative(all, is_start_fitted);
  std::string left_out;
  for (const BloodModel& model : parent_fraction_models()) {
    result.fits.push_back(fitted(model, samples, is_start_fitted));
    const std::size_t parameters = model.parameters.size() - (is_start_fitted ? 0 : 1);
    if (samples.size() < parameters + 3) left_out += (left_out.empty() ? "" : ", ") + std::string(model.name);
  }
  if (!left_out.empty())
    result.notes.push_back(std::to_string(samples.size()) + " parent fractions are too few to compare " + left_out +
                           " by AICc");
  const int best = add_akaike_weights(result.fits);
  if (best >= 0) return use_fit(result, best);
  interpolate(result, all, true, is_start_fitted);
  result.notes.push_back("no model of the parent fraction has an AICc; it was interpolated");
}

}  // namespace

ParentFraction parent_fraction(const SampleSeries& samples, std::string_view model, bool is_start_fitted) {
  if (samples.empty()) throw bad_input("blood samples", "no parent fraction", "at least one");
  ParentFraction result;
  if (model == "auto") {
    choose(result, samples, is_start_fitted);
  } else if (model == "interpolation" || model == "monotone") {
    interpolate(result, samples, model == "monotone", is_start_fitted);
  } else {
    result.fits.push_back(
        fitted(find_parent_fraction_model(model), informative(samples, is_start_fitted), is_start_fitted));
    if (!result.fits.front().is_found())
      throw bad_input("blood samples", std::to_string(samples.size()) + " parent fractions",
                      "at least as many as " + std::string(model) + " has parameters; or interpolation");
    use_fit(result, 0);
  }
  return result;
}

std::vector<std::string> parent_fraction_choices() {
  std::vector<std::string> names = {"auto", "interpolation", "monotone"};
  for (const BloodModel& model : parent_fraction_models()) names.emplace_back(model.name);
  return names;
}

}  // namespace pet
