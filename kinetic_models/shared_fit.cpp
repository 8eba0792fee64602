// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/shared_fit.h"

#include <algorithm>
#include <cmath>

#include "kinetic_models/detail/derived.h"
#include "kinetic_models/detail/joint_problem.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/profile.h"
#include "kinetic_models/detail/statistics.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

std::size_t index_of(std::span<const Parameter> parameters, const std::string& symbol, const Model& model) {
  std::vector<std::string> symbols;
  for (std::size_t j = 0; j < parameters.size(); ++j) {
    if (parameters[j].symbol == symbol) return j;
    symbols.emplace_back(parameters[j].symbol);
  }
  throw UsageError("model " + std::string(model.name) + " has no parameter '" + symbol + "' to share" +
                   suggestion(symbol, symbols));
}

bool takes_part(const Fit& fit) {
  return !fit.parameters.empty() && fit.weighted_rss > 0.0 && fit.degrees_of_freedom > 0;
}

// Every region on its own with the shared parameters free: starts and residual variances of the joint problem.
std::vector<Fit> fit_alone(const Model& model,
                           const std::vector<RegionData>& regions,
                           const ScanInput& input,
                           const std::vector<std::string>& symbols,
                           unsigned threads) {
  std::vector<Fit> fits(regions.size());
  parallel_for(regions.size(), threads, [&](std::size_t r) {
    FitOptions options = regions[r].options;
    options.released = symbols;
    fits[r] = fit(model, regions[r].target, input, options);
  });
  return fits;
}

// The median over regions of what they find alone, within the bounds.
double start_of(std::size_t parameter, const Parameter& bounds, const std::vector<Fit>& alone) {
  std::vector<double> values;
  for (const Fit& fit : alone)
    if (takes_part(fit)) values.push_back(fit.parameters[parameter]);
  return std::clamp(detail::median(values), bounds.lower, bounds.upper);
}

// Profile interval of one shared parameter: it is held while all others are fitted.
void add_profile(const detail::JointProblem& problem,
                 const detail::JointOptimum& best,
                 std::size_t k,
                 double level,
                 SharedParameter& shared) {
  const double factor = interval_factor(level, best.degrees_of_freedom);
  const Parameter& bounds = problem.shared_parameter(k);
  const double variance = best.cost / best.degrees_of_freedom;
  const double step = std::isfinite(shared.standard_error) && shared.standard_error > 0.0
                          ? factor * shared.standard_error
                          : 0.1 * std::abs(shared.value) + 1e-3;
  detail::JointOptimum at = best;
  const auto optimum = [&](double value, std::span<const double>) -> std::optional<detail::ProfilePoint> {
    const double held = std::clamp(value, bounds.lower, bounds.upper);
    at = problem.minimise(at, k, held);
    if (!std::isfinite(at.cost)) return std::nullopt;
    const double excess = std::max(at.cost - best.cost, 0.0);
    detail::ProfilePoint point{held, std::sqrt(excess / variance), {}};
    point.is_stopped_by_zero = held == bounds.lower && bounds.lower == 0.0;
    return point;
  };
  shared.lower = detail::profile_bound(optimum, shared.value, {}, step, factor, -1);
  at = best;
  shared.upper = detail::profile_bound(optimum, shared.value, {}, step, factor, 1);
}

Fit regional_fit(const Model& model,
                 const RegionData& region,
                 const detail::JointProblem& problem,
                 const detail::JointOptimum& optimum,
                 std::size_t r,
                 std::size_t shared_count) {
  detail::Solution solution = problem.solution(optimum, r);
  const std::vector<Parameter> parameters = detail::with_bounds(model.parameters, region.options);
  std::vector<Parameter> fitted = parameters;
  for (Parameter& parameter : fitted)
    if (problem.is_shared(parameter.symbol)) parameter.held = not_held;
  Fit fit = detail::as_fit(model, fitted, solution, problem.frames_used(r), region.options);
  fit.degrees_of_freedom += static_cast<int>(shared_count);  // the shared ones cost one region next to nothing
  fit.aicc = not_available;                                  // no likelihood of one region alone
  return fit;
}

// A region must have a parameter of its own, and least squares as its loss.
void require_something_own(const Model& model,
                           const std::vector<RegionData>& regions,
                           const std::vector<std::string>& symbols) {
  for (const RegionData& region : regions) {
    FitOptions options = region.options;
    if (options.loss != Loss::none)
      throw UsageError("fits with shared parameters are least squares and take no robust loss");
    options.released = symbols;
    if (detail::count_fitted(detail::with_bounds(model.parameters, options)) <= symbols.size())
      throw UsageError("model " + std::string(model.name) +
                       " shares all its fitted parameters: a region needs one of its own");
  }
}

}  // namespace

std::vector<std::size_t> shared_indices(const Model& model, const std::vector<std::string>& symbols) {
  if (model.predict == nullptr)
    throw UsageError("model " + std::string(model.name) + " is linear and shares no parameters");
  std::vector<std::size_t> shared;
  for (const std::string& symbol : symbols) {
    shared.push_back(index_of(model.parameters, symbol, model));
    if (std::count(shared.begin(), shared.end(), shared.back()) > 1)
      throw UsageError("parameter '" + symbol + "' is shared twice");
  }
  return shared;
}

SharedFit fit_shared(const Model& model,
                     const std::vector<RegionData>& regions,
                     const ScanInput& input,
                     const std::vector<std::string>& symbols,
                     double level,
                     unsigned threads) {
  const std::vector<std::size_t> shared = shared_indices(model, symbols);
  require_something_own(model, regions, symbols);
  SharedFit result;
  result.fits = fit_alone(model, regions, input, symbols, threads);
  std::vector<std::size_t> taking_part;
  for (std::size_t r = 0; r < regions.size(); ++r)
    if (takes_part(result.fits[r])) taking_part.push_back(r);
  if (taking_part.empty())
    throw bad_input("fit with shared parameters", "no region that can be fitted alone", "at least one");

  detail::JointProblem problem(model, input, shared, regions[taking_part.front()].options);
  std::vector<double> start;
  for (std::size_t k = 0; k < shared.size(); ++k)
    start.push_back(start_of(shared[k], problem.shared_parameter(k), result.fits));
  for (const std::size_t r : taking_part) problem.add_region(regions[r], result.fits[r]);
  const detail::JointOptimum optimum = problem.minimise(problem.start(start));
  result.converged = optimum.converged;

  const detail::JointErrors errors = problem.errors(optimum);
  for (std::size_t k = 0; k < shared.size(); ++k) {
    const Parameter& parameter = problem.shared_parameter(k);
    result.shared.push_back({symbols[k], std::string(parameter.unit), optimum.shared[k], errors.shared_error(k)});
    add_profile(problem, optimum, k, level, result.shared.back());
  }
  problem.set_errors(errors);
  for (std::size_t t = 0; t < taking_part.size(); ++t)
    result.fits[taking_part[t]] = regional_fit(model, regions[taking_part[t]], problem, optimum, t, shared.size());
  return result;
}

}  // namespace pet
