// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/fit_table.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <tuple>

#include "kinetic_models/noisy_reference.h"
#include "kinetic_models/registry.h"
#include "kinetic_models/shared_reference.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

std::vector<double> weights_of_curve(const TacTable& table,
                                     const std::vector<double>& activity,
                                     const TableFitOptions& options) {
  if (!options.given_weights.empty()) return options.given_weights;
  return frame_weights(options.weights, table.frames, table.tracer.half_life_min, activity);
}

FitOptions with_weights(const TacTable& table, std::size_t region, const TableFitOptions& options) {
  FitOptions fit = options.fit;
  fit.weights = weights_of_curve(table, table.activity[region], options);
  return fit;
}

// k2prime of a region, with the same weights and sampling.
Estimate k2prime_of_region(const Model& model,
                           const TacTable& table,
                           const ReferenceRegion& reference,
                           const TableFitOptions& options) {
  const std::size_t region = table.index_of(options.k2prime_region);
  return k2prime_of_curve(model, table.curve(region), reference, with_weights(table, region, options),
                          options.k2prime_region);
}

// Widens an interval by an independent error of the given standard error.
void widen(Estimate& estimate, double error, double factor) {
  if (std::isfinite(estimate.lower))
    estimate.lower = estimate.value - std::hypot(estimate.value - estimate.lower, factor * error);
  if (std::isfinite(estimate.upper))
    estimate.upper = estimate.value + std::hypot(estimate.upper - estimate.value, factor * error);
}

constexpr double imprecise_k2prime = 0.25;  // standard error over value

// Carries the standard error of an estimated k2prime into those of a fit: variances add, with the slope of each
// estimate over k2prime by a central difference.
void add_k2prime_error(Fit& result,
                       const FitOptions& options,
                       double k2prime_se,
                       const std::optional<IntervalOptions>& intervals,
                       const std::function<Fit(const FitOptions&)>& refit) {
  const double k2prime = *options.k2prime;
  const double step = 0.01 * k2prime;
  FitOptions shifted = options;
  shifted.k2prime = k2prime + step;
  const Fit above = refit(shifted);
  shifted.k2prime = k2prime - step;
  const Fit below = refit(shifted);
  for (std::size_t q = 0; q < result.estimates.size(); ++q) {
    const double slope = (above.estimates[q].value - below.estimates[q].value) / (2.0 * step);
    result.estimates[q].standard_error = std::hypot(result.estimates[q].standard_error, slope * k2prime_se);
    if (intervals)
      widen(result.estimates[q], slope * k2prime_se, interval_factor(intervals->level, result.degrees_of_freedom));
  }
  if (k2prime_se > imprecise_k2prime * k2prime) result.flags.push_back("k2prime_imprecise");
}

std::vector<std::size_t> all_if_none(std::vector<std::size_t> regions, std::size_t count) {
  if (!regions.empty()) return regions;
  regions.resize(count);
  std::iota(regions.begin(), regions.end(), std::size_t{0});
  return regions;
}

// The noise of the reference curve, with the weights that the curve itself has, where intervals are to carry it.
std::optional<ReferenceNoise> noise_of_reference(const TacTable& table,
                                                 const ScanInput& input,
                                                 const TableFitOptions& options) {
  if (!options.carries_reference_noise) return std::nullopt;
  if (input.is_plasma()) throw UsageError("the noise of a reference curve goes with reference tissue models");
  const TimeActivityCurve& curve = input.reference().tac();
  return estimate_reference_noise(curve, weights_of_curve(table, curve.activity, options));
}

// A fit of a region with the noise of its reference: by the likelihood of both curves, or, where bootstrap intervals
// are asked for, an ordinary fit with those of both curves.
Fit fit_with_noise(const Model& model,
                   const TimeActivityCurve& target,
                   const ReferenceRegion& reference,
                   const FitOptions& options,
                   const ReferenceNoise& noise,
                   const std::optional<IntervalOptions>& intervals,
                   std::size_t region) {
  if (!intervals || intervals->kind != IntervalKind::bootstrap)
    return fit_noisy_reference(model, target, reference, options, noise, intervals);
  Fit found = fit(model, target, reference, options);
  add_reference_noise_intervals(model, target, reference, options, noise,
                                {intervals->level, intervals->samples, intervals->seed}, region, found);
  return found;
}

// Fits of all regions with one true reference curve.
std::vector<Fit> fits_with_one_reference(const Model& model,
                                         const TacTable& table,
                                         const ReferenceRegion& reference,
                                         const std::vector<std::size_t>& regions,
                                         const ReferenceNoise& noise,
                                         const TableFitOptions& used) {
  std::vector<RegionData> data;
  for (const std::size_t region : regions) data.push_back({table.curve(region), with_weights(table, region, used)});
  return fit_shared_reference(model, data, reference, noise, used.intervals, used.threads).fits;
}

// Fits every region, with one t* for all where it is to be chosen.
void fit_one_by_one(const Model& model,
                    const TacTable& table,
                    const ScanInput& input,
                    TableFitOptions& used,
                    TableFit& result,
                    const std::function<void(std::size_t, const FitOptions&, Fit&)>& finish) {
  if (used.chooses_t_star) {
    result.t_star_scans.resize(result.regions.size());
    parallel_for(result.regions.size(), used.threads, [&](std::size_t i) {
      const std::size_t region = result.regions[i];
      result.t_star_scans[i] =
          t_star_scan(model, table.curve(region), input, with_weights(table, region, used), *used.chooses_t_star);
    });
    used.fit.t_star_min = common_t_star(result.t_star_scans);
    if (!used.fit.t_star_min)
      throw bad_input("t* of model " + std::string(model.name), "no region with a straight plot from any frame on",
                      "one where the points stay within the largest error (or --t-star MIN)");
  }
  const std::optional<ReferenceNoise> noise = noise_of_reference(table, input, used);
  if (used.shares_reference) {
    if (!noise) throw UsageError("a reference curve is shared where its noise is carried");
    result.fits = fits_with_one_reference(model, table, input.reference(), result.regions, *noise, used);
  }
  parallel_for(result.regions.size(), used.threads, [&](std::size_t i) {
    const std::size_t region = result.regions[i];
    const FitOptions weighted = with_weights(table, region, used);
    Fit& found = result.fits[i];
    if (!noise)
      found = fit(model, table.curve(region), input, weighted);
    else if (!used.shares_reference)
      found = fit_with_noise(model, table.curve(region), input.reference(), weighted, *noise, used.intervals, region);
    if (!noise && used.intervals) add_intervals(model, table.curve(region), input, weighted, *used.intervals, found);
    finish(region, weighted, found);
    if (!used.chooses_t_star || found.status == FitStatus::failed) return;
    if (never_straight(result.t_star_scans[i])) found.flags.push_back("never_straight");
    const TStarInterval values = interval_over_t_star(result.t_star_scans[i], *used.fit.t_star_min, 0.0);
    Estimate& first = found.estimates.front();
    first.lower -= std::max(first.value - values.lower, 0.0);
    first.upper += std::max(values.upper - first.value, 0.0);
  });
  result.t_star_min = used.fit.t_star_min;
}

// All regions at once. The reference region itself has its exact answer and takes no part.
void fit_together(const Model& model,
                  const TacTable& table,
                  const ScanInput& input,
                  const std::vector<std::string>& symbols,
                  std::optional<std::size_t> reference,
                  const TableFitOptions& options,
                  TableFit& result) {
  if (options.intervals && options.intervals->kind != IntervalKind::standard_error)
    throw UsageError("intervals of fits with shared parameters are those of the standard errors: --ci se");
  shared_indices(model, symbols);  // a wrong name is said before anything is fitted
  const auto is_shared = [&](std::string_view symbol) {
    return std::find(symbols.begin(), symbols.end(), symbol) != symbols.end();
  };
  const std::pair<std::string_view, bool> given[] = {{"vB", options.fit.vB.value.has_value()},
                                                     {"delay", options.fit.delay_min.value.has_value()},
                                                     {"VND", options.fit.VND.value.has_value()},
                                                     {"k2prime", options.fit.k2prime.has_value()}};
  for (const auto& [symbol, is_given] : given)
    if (is_given && is_shared(symbol)) throw UsageError(std::string(symbol) + " is given and shared at once");
  if (options.carries_reference_noise)
    throw UsageError("intervals of fits with shared parameters do not carry the noise of the reference");
  std::vector<RegionData> data;
  std::vector<std::size_t> place;
  for (std::size_t i = 0; i < result.regions.size(); ++i) {
    const std::size_t region = result.regions[i];
    FitOptions fit_options = with_weights(table, region, options);
    if (region == reference) {
      fit_options.released = symbols;
      result.fits[i] = fit(model, table.curve(region), input, fit_options);
      continue;
    }
    data.push_back({table.curve(region), std::move(fit_options)});
    place.push_back(i);
  }
  const double level = options.intervals ? options.intervals->level : 0.95;
  SharedFit shared = fit_shared(model, data, input, symbols, level, options.threads);
  for (std::size_t r = 0; r < place.size(); ++r) result.fits[place[r]] = std::move(shared.fits[r]);
  result.shared = std::move(shared.shared);
  if (!options.intervals) return;
  for (Fit& fit : result.fits) add_standard_error_intervals(options.intervals->level, fit);
}

std::vector<std::string> shared_symbols(const Model& model, const TableFitOptions& options) {
  std::vector<std::string> symbols = options.shared;
  if (!model.shares.empty() && std::find(symbols.begin(), symbols.end(), model.shares) == symbols.end())
    symbols.emplace_back(model.shares);
  return symbols;
}

std::optional<double> known(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

ParameterCell cell_of(const Estimate& estimate) {
  const auto bound = [](double value) { return std::isnan(value) ? std::nullopt : std::optional(value); };
  return {known(estimate.value), known(estimate.standard_error), bound(estimate.lower), bound(estimate.upper)};
}

}  // namespace

Estimate k2prime_of_curve(const Model& model,
                          const TimeActivityCurve& curve,
                          const ReferenceRegion& reference,
                          FitOptions options,
                          const std::string& region) {
  if (model.k2prime == Use::no) throw UsageError("model " + std::string(model.name) + " does not take k2prime");
  options.t_star_min.reset();  // k2prime is defined with all frames only
  options.t_end_min.reset();
  options.bounds.clear();
  const Fit found = fit(find_model(model.k2prime_model), curve, reference, options);
  const Estimate& estimate = found["k2prime"];
  if (found.status != FitStatus::ok || !(estimate.value > 0.0) || !std::isfinite(estimate.value))
    throw bad_input("k2prime from region '" + region + "' by " + std::string(model.k2prime_model),
                    "a fit with status " + std::string(name_of(found.status)),
                    "status ok and a positive rate constant");
  return estimate;
}

TableFitOptions options_taken(const Model& model, TableFitOptions options) {
  if (model.k2prime == Use::no) {
    options.k2prime_region.clear();
    options.fit.k2prime.reset();
  }
  if (model.t_star == Use::no) {
    options.fit.t_star_min.reset();
    options.chooses_t_star.reset();
  }
  if (model.vB == Use::no || (model.parameters.empty() && options.fit.vB.is_fitted)) options.fit.vB = {};
  if (!model.needs_blood) options.fit.vB_reference = {};
  if (model.needs_plasma()) options.carries_reference_noise = false;
  if (model.needs_plasma() || model.parameters.empty()) options.shares_reference = false;
  if (model.delay == Use::no || (model.parameters.empty() && options.fit.delay_min.is_fitted))
    options.fit.delay_min = {};
  if (model.delay == Use::no) options.scans_delay = false;
  if (model.VND == Use::no) options.fit.VND = {};
  std::erase_if(options.shared, [&](const std::string& symbol) {
    return std::none_of(model.parameters.begin(), model.parameters.end(),
                        [&](const Parameter& p) { return p.symbol == symbol; });
  });
  if (model.parameters.empty()) {
    options.fit.bounds.clear();
    options.fit.loss = Loss::none;
  }
  return options;
}

WeightScheme default_weights(const TacTable& table) {
  return table.tracer.half_life_min ? WeightScheme::decay : WeightScheme::duration;
}

TableFit fit_regions(const Model& model,
                     const TacTable& table,
                     std::size_t reference,
                     std::vector<std::size_t> regions,
                     const TableFitOptions& options,
                     const InputFunction* blood) {
  if (model.needs_blood && blood == nullptr)
    throw UsageError("model " + std::string(model.name) + " needs an input function with whole blood");
  if (model.needs_blood && table.unit == ActivityUnit::unknown)
    throw UsageError("the unit of the tissue curves is unknown, and blood has one: state Units in the sidecar");
  const ReferenceRegion prepared = model.needs_blood ? ReferenceRegion(table.curve(reference), options.sampling, *blood)
                                                     : ReferenceRegion(table.curve(reference), options.sampling);
  TableFitOptions used = options;
  if (model.needs_blood && !used.fit.vB.is_given()) used.fit.vB.is_fitted = true;
  std::optional<double> k2prime_se;
  if (!options.k2prime_region.empty()) {
    const Estimate estimate = k2prime_of_region(model, table, prepared, options);
    used.fit.k2prime = estimate.value;
    k2prime_se = estimate.standard_error;
  }
  TableFit result;
  result.model = &model;
  result.regions = all_if_none(std::move(regions), table.regions.size());
  result.fits.resize(result.regions.size());
  if (const auto symbols = shared_symbols(model, used); !symbols.empty()) {
    fit_together(model, table, prepared, symbols, reference, used, result);
    result.vB = used.fit.vB;
    for (const SharedParameter& shared : result.shared)
      if (shared.symbol == "k2prime")
        std::tie(result.k2prime, result.k2prime_se) = std::pair(shared.value, shared.standard_error);
    return result;
  }
  fit_one_by_one(model, table, prepared, used, result, [&](std::size_t region, const FitOptions& weighted, Fit& found) {
    if (!k2prime_se) return;
    const auto refit = [&](const FitOptions& o) { return fit(model, table.curve(region), prepared, o); };
    add_k2prime_error(found, weighted, *k2prime_se, used.intervals, refit);
  });
  result.k2prime = used.fit.k2prime;
  result.k2prime_se = k2prime_se;
  result.vB = used.fit.vB;
  return result;
}

Estimate estimate_delay(const TacTable& table,
                        const InputFunction& input,
                        const std::vector<std::size_t>& regions,
                        const TableFitOptions& options) {
  constexpr double early_min = 10.0;
  TimeActivityCurve mean{table.frames, std::vector<double>(table.frames.size(), 0.0)};
  double total = 0.0;
  const bool has_volumes = !table.volume_mm3.empty() && std::all_of(regions.begin(), regions.end(), [&](std::size_t r) {
    return table.volume_mm3[r].has_value();
  });
  for (const std::size_t r : regions) {
    const double volume = has_volumes ? *table.volume_mm3[r] : 1.0;
    total += volume;
    for (std::size_t f = 0; f < mean.activity.size(); ++f) mean.activity[f] += volume * table.activity[r][f];
  }
  for (double& activity : mean.activity) activity /= total;
  FitOptions early;
  early.t_end_min = early_min;
  early.delay_min.is_fitted = true;
  early.vB.is_fitted = !input.whole_blood.empty();
  early.weights = frame_weights(WeightScheme::duration, table.frames, std::nullopt, mean.activity);
  const Model& model = find_model("2tcm");
  const Fit found = fit(model, mean, Plasma(input, table.frames, options.sampling), early);
  const Estimate delay = found["delay"];
  if (!std::isfinite(delay.value) || !std::isfinite(delay.standard_error))
    throw bad_input("delay from the early frames of the mean curve",
                    "a fit with status " + std::string(name_of(found.status)),
                    "a delay inside its bounds (or --delay SECONDS)");
  return delay;
}

TableFit fit_regions(const Model& model,
                     const TacTable& table,
                     const InputFunction& input,
                     std::vector<std::size_t> regions,
                     const TableFitOptions& options) {
  if (!options.k2prime_region.empty()) throw UsageError("model " + std::string(model.name) + " does not take k2prime");
  if (table.unit == ActivityUnit::unknown)
    throw UsageError(
        "the unit of the tissue curves is unknown, and a plasma model needs it: state Units in the sidecar");
  const Plasma plasma(input, table.frames, options.sampling);
  TableFit result;
  result.model = &model;
  result.regions = all_if_none(std::move(regions), table.regions.size());
  result.fits.resize(result.regions.size());
  TableFitOptions used = options;
  if (options.scans_delay) {
    const Estimate delay = estimate_delay(table, input, result.regions, options);
    used.fit.delay_min.value = delay.value;
    result.delay_se_min = delay.standard_error;
  }
  if (!used.fit.vB.is_given() && !model.parameters.empty() && model.vB != Use::no)
    used.fit.vB.is_fitted = plasma.has_whole_blood();
  const auto symbols = shared_symbols(model, used);
  if (symbols.empty())
    fit_one_by_one(model, table, plasma, used, result, [](std::size_t, const FitOptions&, Fit&) {});
  else
    fit_together(model, table, plasma, symbols, std::nullopt, used, result);
  result.vB = used.fit.vB;
  result.delay_min = used.fit.delay_min.value;
  if (model.vB != Use::no && !model.parameters.empty() && !plasma.has_whole_blood())
    for (Fit& fit : result.fits) fit.flags.push_back("no_whole_blood");
  return result;
}

ParameterTable parameter_table(const TableFit& result, const TacTable& table, const TableFitOptions& options) {
  ParameterTable parameters;
  parameters.has_intervals = options.intervals.has_value();
  parameters.extra_columns = {"AICc", "RSS", "dof"};
  const auto is_reported = [&](const Quantity& quantity) {
    return !quantity.needs_fP || options.fit.plasma_free_fraction;
  };
  for (const Quantity& quantity : result.model->quantities) {
    if (!is_reported(quantity)) continue;
    parameters.parameters.emplace_back(quantity.symbol);
    parameters.units.emplace_back(quantity.unit);
  }
  for (std::size_t i = 0; i < result.fits.size(); ++i) {
    const Fit& fit = result.fits[i];
    ParameterRow row;
    row.index = static_cast<int>(result.regions[i]) + 1;
    row.name = table.regions[result.regions[i]];
    for (std::size_t q = 0; q < fit.estimates.size(); ++q)
      if (is_reported(result.model->quantities[q])) row.cells.push_back(cell_of(fit.estimates[q]));
    row.status = name_of(fit.status);
    row.flags = fit.flags;
    row.extra = {known(fit.aicc), known(fit.weighted_rss), static_cast<double>(fit.degrees_of_freedom)};
    parameters.rows.push_back(std::move(row));
  }
  return parameters;
}

TacTable fitted_curves(const TableFit& result, const TacTable& table) {
  TacTable curves;
  curves.frames = table.frames;
  curves.unit = table.unit;
  curves.tracer = table.tracer;
  for (std::size_t i = 0; i < result.fits.size(); ++i) {
    curves.regions.push_back(table.regions[result.regions[i]]);
    curves.activity.push_back(result.fits[i].fitted);
  }
  return curves;
}

}  // namespace pet
