// SPDX-License-Identifier: Apache-2.0
#include "tools/pet_fit_sidecar.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace pet {
namespace {

nlohmann::ordered_json number_or_text(double value) {
  if (std::isnan(value)) return nullptr;
  if (std::isinf(value)) return value > 0.0 ? "inf" : "-inf";
  return value;
}

nlohmann::ordered_json described(const SharedParameter& parameter) {
  return {{"Value", number_or_text(parameter.value)},
          {"StandardError", number_or_text(parameter.standard_error)},
          {"ProfileInterval", {number_or_text(parameter.lower), number_or_text(parameter.upper)}},
          {"Units", parameter.unit}};
}

std::string kind_of_interval(const IntervalOptions& intervals, const TableFit& result) {
  std::string text(name_of(intervals.kind));
  if (intervals.kind == IntervalKind::bootstrap)
    text += ": percentiles of " + std::to_string(intervals.samples) + " refits, " +
            std::string(name_of(intervals.resampling)) + " resampling, seed " + std::to_string(intervals.seed);
  if (intervals.kind == IntervalKind::profile && result.model->parameters.empty())
    text += ": of the covariance of the coefficients (Fieller)";
  return text;
}

// What the standard errors contain and what not.
std::string sources_of_error(const TableFit& result, bool has_reference_noise, bool shares_reference) {
  std::string text = "noise of the target's curve, estimated from its residuals";
  if (has_reference_noise) text += ", and of the reference's, estimated from its scatter after the peak";
  if (shares_reference) text += ", its true curve being common to all regions";
  if (result.k2prime_se && result.shared.empty()) text += ", and the standard error of k2prime";
  if (!result.shared.empty()) text += ", and those of the shared parameters";
  if (result.k2prime && !result.k2prime_se) text += "; k2prime is taken as exact";
  if (has_reference_noise) return text + (result.k2prime_se ? " (k2prime and its error without it)" : "");
  return text + "; the noise of the " + (result.model->needs_plasma() ? "plasma" : "reference") +
         " curve is not included";
}

// Correlations of the parameters that a fit determines, region by region.
nlohmann::ordered_json correlations(const TableFit& result, const TacTable& table) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  const auto parameters = result.model->parameters;
  for (std::size_t r = 0; r < result.fits.size(); ++r) {
    const Fit& fit = result.fits[r];
    nlohmann::ordered_json pairs = nlohmann::ordered_json::object();
    const std::size_t p = fit.parameters.size();
    for (std::size_t a = 0; a < p && p == parameters.size(); ++a)
      for (std::size_t b = a + 1; b < p; ++b) {
        const double correlation = fit.correlation(a, b);
        if (!std::isnan(correlation))
          pairs[std::string(parameters[a].symbol) + "," + std::string(parameters[b].symbol)] =
              std::round(1e4 * correlation) / 1e4;
      }
    if (!pairs.empty()) object[table.regions[result.regions[r]]] = pairs;
  }
  return object;
}

}  // namespace

ParameterSidecar describe_fit(const TableFit& result,
                              const PetFitOptions& options,
                              const TableFitOptions& used,
                              const TacTable& table) {
  ParameterSidecar sidecar;
  sidecar.tracer_name = table.tracer.name;
  sidecar.model_label = result.model->label;
  sidecar.model_title = result.model->title;
  sidecar.citation = std::string(result.model->citation) + ". doi:" + std::string(result.model->doi);
  if (result.model->needs_plasma())
    sidecar.blood_type = "arterial";
  else
    sidecar.reference_region = options.reference.value();
  sidecar.weights = !result.model->uses_weights ? "duration"
                    : used.given_weights.empty()
                        ? std::string(name_of(used.weights))
                        : "column '" + options.weights->substr(options.weights->rfind(':') + 1) + "' of " +
                              options.weights->substr(0, options.weights->rfind(':'));
  sidecar.sampling = name_of(used.sampling);
  const bool is_bootstrap = used.intervals && used.intervals->kind == IntervalKind::bootstrap;
  sidecar.sources_of_error =
      sources_of_error(result, used.carries_reference_noise && !is_bootstrap, used.shares_reference);
  if (used.intervals) {
    sidecar.confidence_level = used.intervals->level;
    sidecar.interval_kind = kind_of_interval(*used.intervals, result);
    if (used.carries_reference_noise && !is_bootstrap)
      sidecar.interval_kind += used.shares_reference
                                   ? ", likelihood of all curves, degrees of freedom by Welch and Satterthwaite"
                                   : ", likelihood of both curves, degrees of freedom by Welch and Satterthwaite";
    if (used.carries_reference_noise && is_bootstrap)
      sidecar.interval_kind = "parametric bootstrap of target and reference, bias-corrected percentiles of " +
                              std::to_string(used.intervals->samples) + " refits, seed " +
                              std::to_string(used.intervals->seed);
  }
  sidecar.activity_units = table.unit == ActivityUnit::kBq_per_mL ? "kBq/mL" : "unknown";
  const auto add = [&](const char* label, std::optional<double> value, const char* value_unit) {
    if (!value) return;
    sidecar.input_labels.push_back(label);
    sidecar.input_values.push_back(*value);
    sidecar.input_units.push_back(value_unit);
  };
  add("k2prime", result.k2prime, "1/min");
  add("k2prime_se", result.k2prime_se, "1/min");
  add("delay", result.delay_min, "min");
  add("delay_se", result.delay_se_min, "min");
  add("vB", result.model->vB != Use::no && !result.vB.is_fitted ? result.vB.value : std::nullopt, "1");
  add("VND", used.fit.VND.value, "mL/cm3");
  add("fP", used.fit.plasma_free_fraction, "1");
  add("t_star", result.t_star_min ? result.t_star_min : used.fit.t_star_min, "min");
  if (used.chooses_t_star) add("t_star_largest_error", used.chooses_t_star->most_error, "1");
  add("t_end", used.fit.t_end_min, "min");
  nlohmann::ordered_json bounds = nlohmann::ordered_json::object();
  for (const Parameter& parameter : bounds_used(*result.model, used.fit))
    bounds[std::string(parameter.symbol)] = {parameter.lower, parameter.initial, parameter.upper};
  sidecar.bounds_json = bounds.dump();
  nlohmann::ordered_json shared = nlohmann::ordered_json::object();
  for (const SharedParameter& parameter : result.shared) shared[parameter.symbol] = described(parameter);
  sidecar.shared_json = shared.dump();
  sidecar.correlation_json = correlations(result, table).dump();
  return sidecar;
}

std::string t_star_members() {
  const nlohmann::ordered_json members = {
      {"Description", "The first quantity of a model as a function of t*, one row a candidate"},
      {"t_star", {{"Description", "Middle of the first frame used"}, {"Units", "min"}}},
      {"value", {{"Description", "Estimate, in the unit of its table"}}},
      {"stderr", {{"Description", "Standard error, in the same unit"}}},
      {"largest_error", {{"Description", "Largest relative deviation of a point from the line"}, {"Units", "1"}}},
      {"admissible", {{"Description", "1: the fit is ok and the largest error within the limit"}}},
      {"chosen", {{"Description", "1: the t* of all regions"}}}};
  return members.dump();
}

std::string comparison_members(const std::string& quantity) {
  const nlohmann::ordered_json members = {
      {"Description", "Models by AICc, Akaike weights, and the average of " + quantity + " with these weights"},
      {"AICc", {{"Description", "Akaike information criterion for small samples"}, {"Units", "1"}}},
      {"difference", {{"Description", "AICc less the smallest of the region"}, {"Units", "1"}}},
      {"weight", {{"Description", "Akaike weight"}, {"Units", "1"}}},
      {quantity + "-stderr",
       {{"Description", "Standard error; that of the average contains the choice of the model"}}}};
  return members.dump();
}

}  // namespace pet
