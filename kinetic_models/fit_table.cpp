// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/fit_table.h"

#include <cmath>
#include <functional>
#include <numeric>

#include "kinetic_models/registry.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

FitOptions with_weights(const TacTable& table, std::size_t region, const TableFitOptions& options) {
  FitOptions fit = options.fit;
  fit.weights = frame_weights(options.weights, table.frames, table.tracer.half_life_min, table.activity[region]);
  return fit;
}

// k2prime of a region by the full form of the model, with the same weights, sampling and frames.
Estimate k2prime_of_region(const Model& model,
                           const TacTable& table,
                           const ReferenceRegion& reference,
                           const TableFitOptions& options) {
  if (model.k2prime == Use::no) throw UsageError("model " + std::string(model.name) + " does not take k2prime");
  const std::size_t region = table.index_of(options.k2prime_region);
  FitOptions full = with_weights(table, region, options);
  full.t_star_min.reset();  // k2prime is defined with all frames only
  full.t_end_min.reset();
  full.bounds.clear();
  const Fit found = fit(find_model(model.k2prime_model), table.curve(region), reference, full);
  const Estimate& estimate = found["k2prime"];
  if (found.status != FitStatus::ok || !(estimate.value > 0.0) || !std::isfinite(estimate.value))
    throw bad_input("k2prime from region '" + options.k2prime_region + "' by " + std::string(model.k2prime_model),
                    "a fit with status " + std::string(name_of(found.status)),
                    "status ok and a positive rate constant");
  return estimate;
}

constexpr double imprecise_k2prime = 0.25;  // standard error over value

// Carries the standard error of an estimated k2prime into those of a fit: variances add, with the slope of each
// estimate over k2prime by a central difference.
void add_k2prime_error(Fit& result,
                       const FitOptions& options,
                       double k2prime_se,
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
  }
  if (k2prime_se > imprecise_k2prime * k2prime) result.flags.push_back("k2prime_imprecise");
}

TableFit fit_each(const Model& model,
                  std::vector<std::size_t> regions,
                  std::size_t region_count,
                  unsigned threads,
                  const std::function<Fit(std::size_t)>& fit_region) {
  if (regions.empty()) {
    regions.resize(region_count);
    std::iota(regions.begin(), regions.end(), std::size_t{0});
  }
  TableFit result;
  result.model = &model;
  result.regions = std::move(regions);
  result.fits.resize(result.regions.size());
  parallel_for(result.regions.size(), threads, [&](std::size_t i) { result.fits[i] = fit_region(result.regions[i]); });
  return result;
}

std::optional<double> known(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

ParameterCell cell_of(const Estimate& estimate, const Fit& fit, std::optional<double> level) {
  ParameterCell cell{known(estimate.value), known(estimate.standard_error), {}, {}};
  if (!level || !cell.value || !cell.standard_error) return cell;
  const double half_width = interval_factor(*level, fit.degrees_of_freedom) * estimate.standard_error;
  cell.lower = known(estimate.value - half_width);
  cell.upper = known(estimate.value + half_width);
  return cell;
}

}  // namespace

TableFitOptions options_taken(const Model& model, TableFitOptions options) {
  if (model.k2prime == Use::no) {
    options.k2prime_region.clear();
    options.fit.k2prime.reset();
  }
  if (model.t_star == Use::no) options.fit.t_star_min.reset();
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
                     const TableFitOptions& options) {
  const ReferenceRegion prepared(table.curve(reference), options.sampling);
  TableFitOptions used = options;
  std::optional<double> k2prime_se;
  if (!options.k2prime_region.empty()) {
    const Estimate estimate = k2prime_of_region(model, table, prepared, options);
    used.fit.k2prime = estimate.value;
    k2prime_se = estimate.standard_error;
  }
  TableFit result = fit_each(model, std::move(regions), table.regions.size(), options.threads, [&](std::size_t region) {
    const FitOptions weighted = with_weights(table, region, used);
    const auto refit = [&](const FitOptions& o) { return fit(model, table.curve(region), prepared, o); };
    Fit found = refit(weighted);
    if (k2prime_se) add_k2prime_error(found, weighted, *k2prime_se, refit);
    return found;
  });
  result.k2prime = used.fit.k2prime;
  result.k2prime_se = k2prime_se;
  return result;
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
  return fit_each(model, std::move(regions), table.regions.size(), options.threads, [&](std::size_t region) {
    return fit(model, table.curve(region), plasma, with_weights(table, region, options));
  });
}

ParameterTable parameter_table(const TableFit& result, const TacTable& table, std::optional<double> level) {
  ParameterTable parameters;
  parameters.has_intervals = level.has_value();
  parameters.extra_columns = {"AICc", "RSS", "dof"};
  for (const Quantity& quantity : result.model->quantities) {
    parameters.parameters.emplace_back(quantity.symbol);
    parameters.units.emplace_back(quantity.unit);
  }
  for (std::size_t i = 0; i < result.fits.size(); ++i) {
    const Fit& fit = result.fits[i];
    ParameterRow row;
    row.index = static_cast<int>(result.regions[i]) + 1;
    row.name = table.regions[result.regions[i]];
    for (const Estimate& estimate : fit.estimates) row.cells.push_back(cell_of(estimate, fit, level));
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
