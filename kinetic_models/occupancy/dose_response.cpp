// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/dose_response.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/curve_statistics.h"
#include "kinetic_models/detail/regression.h"
#include "kinetic_models/detail/solver.h"
#include "libpet/error.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

using detail::Regression;
using detail::RegressionOptimum;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double beyond_data = 1e4;  // how far from the concentrations EC50 is looked for
enum Index : std::size_t { omax, log_ec50, hill, e0, log_ratio, fraction, curve_parameters };

// What the first or second parameter stands for. A profile over a prediction, a concentration or EC50_2 needs it as a
// parameter.
enum class Form { natural, target, value, second };

struct Parametrisation {
  Form form = Form::natural;
  double at = 0.0;  // the occupancy of a target, the concentration of a value
};

// How many sites there are, and what the tracer makes of their fraction.
struct Sites {
  bool has_two = false;
  double selectivity = 1.0;

  explicit Sites(const CurveOptions& options)
      : has_two(has_two_sites(options.shape)), selectivity(options.selectivity.value_or(1.0)) {}

  // The weight of the first site in the binding of the tracer.
  template <typename T>
  T weight(const T& fraction_of_first) const {
    return fraction_of_first * selectivity / (fraction_of_first * selectivity + 1.0 - fraction_of_first);
  }

  // The curve between 0 and 1, z being log (EC50 / x).
  template <typename T>
  T unit(const T& z, const T* p) const {
    using std::exp;
    if (!has_two) return 1.0 / (1.0 + exp(p[hill] * z));
    const T w = weight(p[fraction]);
    return w / (1.0 + exp(z)) + (1.0 - w) / (1.0 + exp(z + p[log_ratio]));
  }

  // log (EC50 / x) where the curve is at `part` of its height. Of two sites, with u = EC50 / x and r = EC50_2 / EC50,
  //   part r u^2 + (part (1 + r) - w r - (1 - w)) u - (1 - part) = 0,   one root positive.
  template <typename T>
  T inverse(const T& part, const T* p) const {
    using std::exp;
    using std::log;
    using std::sqrt;
    if (!has_two) return log((1.0 - part) / part) / p[hill];
    const T w = weight(p[fraction]);
    const T r = exp(p[log_ratio]);
    const T a = part * r;
    const T b = part * (1.0 + r) - w * r - (1.0 - w);
    const T c = 1.0 - part;
    const T root = sqrt(b * b + 4.0 * a * c);
    return b > 0.0 ? T(log(2.0 * c / (b + root))) : T(log((root - b) / (2.0 * a)));
  }
};

// The natural parameters, Omax and log EC50 among them, from those of a form.
template <typename T>
std::array<T, curve_parameters> natural(const Parametrisation& by, const T* p, bool is_omax_held, const Sites& sites) {
  std::array<T, curve_parameters> n;
  std::copy(p, p + curve_parameters, n.begin());
  const auto ec50_of = [&](const T& log_x, const T& occupancy) {
    return T(log_x + sites.inverse(T((occupancy - p[e0]) / p[omax]), p));
  };
  if (by.form == Form::second) n[log_ec50] = p[log_ec50] - p[log_ratio];
  if (by.form == Form::target) n[log_ec50] = ec50_of(p[log_ec50], T(by.at));
  if (by.form != Form::value) return n;
  if (is_omax_held) {
    n[log_ec50] = ec50_of(T(std::log(by.at)), p[log_ec50]);
  } else {
    n[omax] = (p[omax] - p[e0]) / sites.unit(T(p[log_ec50] - std::log(by.at)), p);
  }
  return n;
}

template <typename T>
T occupancy_at(double x, const std::array<T, curve_parameters>& n, const Sites& sites) {
  if (!(x > 0.0)) return n[e0];
  return n[e0] + n[omax] * sites.unit(T(n[log_ec50] - std::log(x)), n.data());
}

bool is_omax_fixed(const CurveOptions& options) {
  return options.Omax || options.shape == CurveShape::emax_full || options.shape == CurveShape::hill_full;
}

bool is_hill_fixed(const CurveOptions& options) {
  return options.hill || (options.shape != CurveShape::hill && options.shape != CurveShape::hill_full);
}

void require_sites(const CurveOptions& options) {
  const bool is_state = options.shape == CurveShape::two_state;
  if (is_state && !options.selectivity)
    throw UsageError(
        "two-state needs the selectivity of the tracer: how many times better it binds to the state of high "
        "affinity (1 for an antagonist)");
  if (!is_state && options.selectivity)
    throw UsageError("a selectivity goes with curve model two-state, not " + std::string(name_of(options.shape)));
  if (options.selectivity && !(*options.selectivity > 0.0 && std::isfinite(*options.selectivity)))
    throw UsageError("selectivity " + format_number(*options.selectivity) + ": expected a positive number");
  if (has_two_sites(options.shape) && options.hill)
    throw UsageError("a Hill coefficient goes with one site, not with " + std::string(name_of(options.shape)));
}

class Curve {
 public:
  Curve(const std::vector<CurveObservation>& observations, const CurveOptions& options)
      : observations_(observations),
        options_(options),
        concentrations_(concentrations_of(observations)),
        sites_(options) {
    check();
    set_weights();
    set_parameters();
  }

  Regression problem(const Parametrisation& by = {}) const {
    Regression regression;
    regression.parameters = parameters_;
    regression.observations = observations_.size();
    regression.residuals = [this, by](std::span<const double> p, std::span<double> residuals,
                                      std::span<double> jacobian) { evaluate(by, p, residuals, jacobian); };
    return regression;
  }

  std::vector<std::vector<double>> starts() const {
    std::vector<std::vector<double>> all;
    double largest = 0.0;
    for (std::size_t i = 0; i < observations_.size(); ++i)
      largest = std::max(largest, options_.endpoint == CurveEndpoint::occupancy ? observations_[i].y : 0.8 * full());
    for (int k = 0; k <= 8; ++k) {
      const double log_x = std::log(concentrations_.least) +
                           k / 8.0 * (std::log(concentrations_.most) - std::log(concentrations_.least));
      // A Hill coefficient of 1 and 2, or a second site 6 and 36 times farther.
      for (const double further : {1.0, 2.0}) {
        std::vector<double> start = {
            std::max(largest, 0.1 * full()), log_x, further, 0.0, further * std::log(sites_.has_two ? 6.0 : 1.0), 0.5};
        for (std::size_t s = 0; s < subjects_.size() && has_baselines(); ++s) start.push_back(largest_binding(s));
        all.push_back(std::move(start));
        if (parameters_[hill].is_held() && !sites_.has_two) break;
      }
    }
    return all;
  }

  bool has_baselines() const { return options_.endpoint == CurveEndpoint::binding; }
  const std::vector<std::string>& subjects() const { return subjects_; }
  const Sites& sites() const { return sites_; }
  double full() const { return options_.full; }
  std::size_t observations() const { return observations_.size(); }

 private:
  void check();
  void set_weights();
  void set_parameters();
  double largest_binding(std::size_t subject) const;
  void evaluate(const Parametrisation& by,
                std::span<const double> p,
                std::span<double> residuals,
                std::span<double> jacobian) const;

  const std::vector<CurveObservation>& observations_;
  const CurveOptions& options_;
  Concentrations concentrations_;
  Sites sites_;
  std::vector<std::string> subjects_;
  std::vector<std::size_t> subject_of_;
  std::vector<double> root_weight_;
  std::vector<Parameter> parameters_;
};

void Curve::check() {
  for (const CurveObservation& o : observations_) {
    auto found = std::find(subjects_.begin(), subjects_.end(), o.subject);
    if (found == subjects_.end()) found = subjects_.insert(subjects_.end(), o.subject);
    subject_of_.push_back(static_cast<std::size_t>(found - subjects_.begin()));
    if (has_baselines() && o.subject.empty())
      throw bad_input("curve", "binding without a subject", "one for every scan: each has a baseline of its own");
  }
}

void Curve::set_weights() {
  std::vector<double> errors;
  for (const CurveObservation& o : observations_) errors.push_back(o.standard_error);
  root_weight_ = detail::root_weights(errors);
}

double Curve::largest_binding(std::size_t subject) const {
  double largest = -infinity;
  for (std::size_t i = 0; i < observations_.size(); ++i)
    if (subject_of_[i] == subject) largest = std::max(largest, observations_[i].y);
  return largest;
}

void Curve::set_parameters() {
  require_held_sizes(options_);
  require_sites(options_);
  if (has_baselines() && options_.E0.is_fitted && !is_omax_fixed(options_))
    throw UsageError("binding does not tell E0 from its baseline: give E0 or Omax");
  // Far enough that no interval ends there: below EC50 a curve is straight, and any EC50 fits with its Omax.
  constexpr double wide = 1e8;
  parameters_ = {
      Parameter{"Omax", "", 0.8 * full(), 0.0, wide * full(), -infinity},
      Parameter{"EC50", "", 0.0, std::log(concentrations_.least / beyond_data),
                std::log(concentrations_.most * beyond_data), -infinity},
      Parameter{"hill", "1", 1.0, 0.05, 20.0, 0.0},
      Parameter{"E0", "", 0.0, -full(), full(), -infinity},
      Parameter{"EC50_2", "", 0.0, 0.0, std::log(beyond_data * beyond_data), -infinity},
      Parameter{"fraction", "1", 0.5, 0.0, 1.0, -infinity},
  };
  if (!sites_.has_two) {
    parameters_[log_ratio].held = 0.0;
    parameters_[fraction].held = 1.0;
  }
  if (is_omax_fixed(options_)) parameters_[omax].held = options_.Omax.value_or(full());
  if (is_hill_fixed(options_)) parameters_[hill].held = options_.hill.value_or(1.0);
  if (!options_.E0.is_fitted) parameters_[e0].held = options_.E0.value.value_or(0.0);
  for (std::size_t s = 0; s < subjects_.size() && has_baselines(); ++s) {
    const double size = largest_binding(s);
    if (!(size > 0.0))
      throw bad_input("binding of subject '" + subjects_[s] + "'", "no scan above zero",
                      "one, to which a baseline can be fitted");
    parameters_.push_back(Parameter{"BP0", "", size, 0.0, wide * size, -infinity});
  }
  const std::size_t fitted = problem().fitted();
  const std::size_t of_curve = fitted - (has_baselines() ? subjects_.size() : 0);
  if (sites_.has_two && concentrations_.different <= of_curve)
    throw bad_input("curve of two sites",
                    std::to_string(concentrations_.different) + " different doses or concentrations",
                    "at least " + std::to_string(of_curve + 1) + " for " + std::to_string(of_curve) + " parameters");
  if (observations_.size() < fitted + 1)
    throw bad_input("curve", std::to_string(observations_.size()) + " observations",
                    "at least " + std::to_string(fitted + 1) + " for " + std::to_string(fitted) + " parameters");
}

void Curve::evaluate(const Parametrisation& by,
                     std::span<const double> p,
                     std::span<double> residuals,
                     std::span<double> jacobian) const {
  const bool is_held = is_omax_fixed(options_);
  const auto curve = [&](const auto* q, auto out) {
    const auto n = natural(by, q, is_held, sites_);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = occupancy_at(observations_[i].x, n, sites_);
  };
  std::vector<double> occupancy(observations_.size());
  std::vector<double> slopes(jacobian.empty() ? 0 : observations_.size() * curve_parameters);
  detail::differentiate<curve_parameters>(curve, p.first(curve_parameters), occupancy, slopes);
  const std::size_t all = parameters_.size();
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    const double weight = root_weight_[i];
    const std::size_t baseline = curve_parameters + subject_of_[i];
    const double BP0 = has_baselines() ? p[baseline] : 0.0;
    const double free = 1.0 - occupancy[i] / full();
    residuals[i] = weight * ((has_baselines() ? BP0 * free : occupancy[i]) - observations_[i].y);
    if (jacobian.empty()) continue;
    const double by_occupancy = has_baselines() ? -BP0 / full() : 1.0;
    std::fill_n(jacobian.begin() + static_cast<std::ptrdiff_t>(i * all), all, 0.0);
    for (std::size_t j = 0; j < curve_parameters; ++j)
      jacobian[i * all + j] = weight * by_occupancy * slopes[i * curve_parameters + j];
    if (has_baselines()) jacobian[i * all + baseline] = weight * free;
  }
}

double limit_of(const CurveOptions& options, double rss, std::size_t observations, int freedom) {
  if (options.interval == CurveInterval::likelihood)
    return rss * std::exp(std::pow(normal_factor(options.level), 2) / static_cast<double>(observations));
  return rss * (1.0 + std::pow(interval_factor(options.level, freedom), 2) / freedom);
}

// A fit with what its intervals need.
struct Fitted {
  Curve curve;
  Regression problem;
  RegressionOptimum optimum;
  std::vector<double> covariance;
  double variance = not_available;
  double limit = not_available;
  int freedom = 0;

  Fitted(const std::vector<CurveObservation>& observations, const CurveOptions& options)
      : curve(observations, options), problem(curve.problem()), optimum(detail::minimise(problem, curve.starts())) {
    if (optimum.parameters.empty()) return;
    freedom = static_cast<int>(observations.size()) - static_cast<int>(problem.fitted());
    variance = optimum.rss / freedom;
    limit = limit_of(options, optimum.rss, observations.size(), freedom);
    covariance = detail::inverse_information(problem, optimum);
    for (double& c : covariance) c *= variance;
  }
  double se(std::size_t j) const { return std::sqrt(covariance[j * problem.parameters.size() + j]); }
  bool is_at_bound(std::size_t j) const { return detail::is_at_bound(optimum.parameters[j], problem.parameters[j]); }
  /// Inside its bounds, and yet without a standard error: the observations do not tell it from the others.
  bool is_undetermined(std::size_t j) const { return std::isnan(se(j)) && !is_at_bound(j); }
};

void add_once(std::vector<std::string>& flags, const std::string& flag) {
  if (std::find(flags.begin(), flags.end(), flag) == flags.end()) flags.push_back(flag);
}

// EC50_2 with its profile: it takes the place of EC50.
Estimate second_ec50(const Fitted& fit, const CurveOptions& options, CurveFit& result) {
  RegressionOptimum optimum = fit.optimum;
  const double logarithm = optimum.parameters[log_ec50] += optimum.parameters[log_ratio];
  Regression problem = fit.curve.problem({Form::second, 0.0});
  problem.parameters[log_ec50].upper += problem.parameters[log_ratio].upper;
  const std::vector<double> covariance = detail::inverse_information(problem, optimum);
  const double se = std::sqrt(fit.variance * covariance[log_ec50 * problem.parameters.size() + log_ec50]);
  Estimate estimate{"EC50_2", "", std::exp(logarithm), std::exp(logarithm) * se};
  if (options.interval == CurveInterval::standard_error) {
    const double half = interval_factor(options.level, fit.freedom) * estimate.standard_error;
    estimate.lower = estimate.value - half;
    estimate.upper = estimate.value + half;
    return estimate;
  }
  const double step = std::isfinite(se) && se > 0.0 ? std::min(se, 2.0) : 0.1;
  const Interval interval = detail::profile(problem, optimum, log_ec50, step, fit.limit);
  estimate.lower = std::exp(interval.lower);
  estimate.upper = std::exp(interval.upper);
  if (estimate.lower == 0.0 || std::isinf(estimate.upper)) add_once(result.flags, "EC50_2_unbounded");
  return estimate;
}

// The estimate of a parameter with its interval; EC50 on its own scale.
Estimate estimate_of(const Fitted& fit, const CurveOptions& options, std::size_t j, CurveFit& result) {
  const Parameter& parameter = fit.problem.parameters[j];
  const double value = fit.optimum.parameters[j];
  Estimate estimate{parameter.symbol, parameter.unit, value, fit.se(j)};
  if (parameter.is_held()) {
    estimate.lower = estimate.upper = value;
  } else if (options.interval == CurveInterval::standard_error) {
    const double factor = interval_factor(options.level, fit.freedom);
    const double se = j == log_ec50 ? std::exp(value) * estimate.standard_error : estimate.standard_error;
    const double centre = j == log_ec50 ? std::exp(value) : value;
    estimate.lower = centre - factor * se;
    estimate.upper = centre + factor * se;
  } else {
    const double step = std::isfinite(fit.se(j)) && fit.se(j) > 0.0 ? fit.se(j) : 0.1;
    const Interval interval =
        detail::profile(fit.problem, fit.optimum, j, std::min(step, 1.0 * options.full + 1.0), fit.limit);
    const bool can_be_zero = j != log_ec50 && j != e0;  // zero is nature's bound, not one that was chosen
    estimate.lower = can_be_zero && std::isinf(interval.lower) ? 0.0 : interval.lower;
    estimate.upper = j == fraction ? std::min(interval.upper, 1.0) : interval.upper;
    if (j == log_ec50) {
      estimate.lower = std::exp(interval.lower);  // exp(-inf) = 0
      estimate.upper = std::exp(interval.upper);
    }
    if (std::isinf(estimate.lower) || std::isinf(estimate.upper) || (j == log_ec50 && estimate.lower == 0.0))
      add_once(result.flags, std::string(parameter.symbol) + "_unbounded");
  }
  if (j == log_ec50) {
    estimate.value = std::exp(value);
    estimate.standard_error *= estimate.value;
  }
  return estimate;
}

// The concentration for an occupancy is made a parameter in place of EC50, and its profile followed.
CurveTarget target_of(const Fitted& fit, double occupancy) {
  CurveTarget target{.occupancy = occupancy, .x = not_available, .interval = {0.0, infinity}, .is_attainable = false};
  const std::vector<double>& p = fit.optimum.parameters;
  const double part = occupancy - p[e0];
  Regression problem = fit.curve.problem({Form::target, occupancy});
  constexpr double far = 60.0;  // on the logarithmic axis
  problem.parameters[log_ec50].lower -= far;
  problem.parameters[log_ec50].upper += far;
  target.is_attainable = part > 0.0 && p[omax] > part;
  const auto as_interval = [&](const Interval& logarithm) {
    return Interval{std::exp(logarithm.lower), std::exp(logarithm.upper)};
  };
  if (target.is_attainable) {
    RegressionOptimum optimum = fit.optimum;
    optimum.parameters[log_ec50] = p[log_ec50] - fit.curve.sites().inverse(part / p[omax], p.data());
    target.x = std::exp(optimum.parameters[log_ec50]);
    target.interval = as_interval(detail::profile(problem, optimum, log_ec50, 0.1, fit.limit));
    return target;
  }
  if (part <= 0.0) {
    target.interval = {not_available, not_available};
    return target;
  }
  // The curve stays below: from which concentration on do the data not exclude that it gets there?
  std::vector<double> start = p;
  start[omax] = std::max(p[omax], 1.05 * part);
  if (!problem.parameters[omax].is_held()) problem.parameters[omax].lower = part * (1.0 + 1e-9);
  target.interval.lower = infinity;
  const double from = p[log_ec50] - 3.0;
  constexpr double step = 0.1;
  for (double x = from; x < from + far; x += step) {
    const auto found = detail::constrained(problem, start, log_ec50, x);
    if (!found || found->rss > fit.limit) continue;
    target.interval.lower = std::exp(detail::profile(problem, *found, log_ec50, step, fit.limit).lower);
    break;
  }
  return target;
}

void add_criteria(CurveFit& fit) {
  const detail::Criteria criteria = detail::criteria_of(fit.rss, fit.observations, fit.parameters);
  fit.aic = criteria.aic;
  fit.aicc = criteria.aicc;
  fit.bic = criteria.bic;
}

// Whether one site would do.
bool is_second_site_open(const CurveFit& result) {
  const Estimate& second = result["EC50_2"];
  const Estimate& share = result["fraction"];
  return second.lower == 0.0 || std::isinf(second.upper) || std::isnan(second.standard_error) || !(share.lower > 0.0) ||
         !(share.upper < 1.0);
}

void judge(CurveFit& result, const Fitted& fit) {
  bool is_determined = true;
  for (std::size_t j = 0; j < curve_parameters; ++j) {
    if (fit.problem.parameters[j].is_held()) continue;
    const std::string symbol(fit.problem.parameters[j].symbol);
    if (fit.is_at_bound(j)) result.flags.push_back(symbol + "_at_bound");
    if (fit.is_undetermined(j)) result.flags.push_back(symbol + "_unidentifiable");
    is_determined = is_determined && !fit.is_undetermined(j);
  }
  const Estimate& EC50 = result["EC50"];
  const bool is_open = EC50.lower == 0.0 || std::isinf(EC50.upper) || std::isnan(EC50.standard_error);
  if (result["Omax"].value > fit.curve.full()) result.flags.push_back("omax_above_one");
  if (std::any_of(result.targets.begin(), result.targets.end(), [](const auto& t) { return !t.is_attainable; }))
    result.flags.push_back("target_unattainable");
  const bool is_second_open = has_two_sites(result.shape) && is_second_site_open(result);
  if (is_second_open) add_once(result.flags, "EC50_2_unidentifiable");
  result.status = is_open || is_second_open || !is_determined ? FitStatus::unidentifiable
                  : !fit.optimum.converged                    ? FitStatus::not_converged
                  : std::any_of(result.flags.begin(), result.flags.end(),
                                [](const std::string& flag) { return flag.ends_with("_at_bound"); })
                      ? FitStatus::at_bound
                      : FitStatus::ok;
}

}  // namespace

Concentrations concentrations_of(const std::vector<CurveObservation>& observations) {
  std::set<double> different;
  bool is_flat = true;
  for (const CurveObservation& o : observations) {
    if (!(o.x >= 0.0)) throw bad_input("curve", "the concentration " + format_number(o.x), "none below zero");
    if (!std::isnan(o.standard_error) && !(o.standard_error > 0.0))
      throw bad_input("curve", "the standard error " + format_number(o.standard_error), "a positive one");
    different.insert(o.x);
    is_flat = is_flat && o.y == observations.front().y;
  }
  if (different.size() < 3)
    throw bad_input("curve", std::to_string(different.size()) + " different doses or concentrations", "at least 3");
  if (is_flat) throw bad_input("curve", "the same value in all observations", "values that differ");
  return {different.size(), *different.upper_bound(0.0), *different.rbegin()};
}

void require_held_sizes(const CurveOptions& options) {
  for (const auto& [name, held] : {std::pair{"Omax", options.Omax}, {"hill", options.hill}})
    if (held && !(*held > 0.0))
      throw UsageError(std::string(name) + " held at " + std::to_string(*held) + ": it must be positive");
}

const Estimate& CurveFit::operator[](std::string_view symbol) const {
  return detail::estimate_named(estimates, symbol);
}

const std::vector<std::string>& curve_shape_names() {
  static const std::vector<std::string> names = {"emax", "emax-full", "hill", "hill-full", "two-site", "two-state"};
  return names;
}

bool has_two_sites(CurveShape shape) {
  return shape == CurveShape::two_site || shape == CurveShape::two_state;
}

CurveShape curve_shape(std::string_view name) {
  const auto& names = curve_shape_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw UsageError("no curve model '" + std::string(name) + "'" + suggestion(std::string(name), names));
  return static_cast<CurveShape>(found - names.begin());
}

std::string_view name_of(CurveShape shape) {
  return curve_shape_names()[static_cast<std::size_t>(shape)];
}

CurveFit fit_curve(const std::vector<CurveObservation>& observations, const CurveOptions& options) {
  const Fitted fit(observations, options);
  CurveFit result;
  result.shape = options.shape;
  result.observations = observations.size();
  result.parameters = fit.problem.fitted();
  if (fit.optimum.parameters.empty()) {
    result.flags.push_back("optimiser_failed");
    return result;
  }
  for (std::size_t j = 0; j < log_ratio; ++j) result.estimates.push_back(estimate_of(fit, options, j, result));
  if (has_two_sites(options.shape)) {
    result.estimates.push_back(second_ec50(fit, options, result));
    result.estimates.push_back(estimate_of(fit, options, fraction, result));
  }
  for (std::size_t s = 0; fit.curve.has_baselines() && s < fit.curve.subjects().size(); ++s)
    result.baselines.push_back(estimate_of(fit, options, curve_parameters + s, result));
  if (fit.curve.has_baselines()) result.subjects = fit.curve.subjects();
  for (const double occupancy : options.targets) result.targets.push_back(target_of(fit, occupancy));
  result.rss = fit.optimum.rss;
  result.sigma = std::sqrt(fit.variance);
  const double both = fit.covariance[omax * fit.problem.parameters.size() + log_ec50];
  result.correlation = both / (fit.se(omax) * fit.se(log_ec50));
  add_criteria(result);
  judge(result, fit);
  return result;
}

std::vector<CurvePoint> predict_curve(const std::vector<CurveObservation>& observations,
                                      const CurveOptions& options,
                                      const std::vector<double>& x) {
  const Fitted fit(observations, options);
  std::vector<CurvePoint> points;
  if (fit.optimum.parameters.empty()) return points;
  const double factor = interval_factor(options.level, fit.freedom);
  const bool is_held = fit.problem.parameters[omax].is_held();
  const std::vector<double>& p = fit.optimum.parameters;
  for (const double at : x) {
    if (!(at >= 0.0)) throw UsageError("concentration " + format_number(at) + ": expected none below zero");
    CurvePoint point{.x = at, .y = 0.0, .mean = {}, .observation = {}};
    const auto n = natural({}, p.data(), is_held, fit.curve.sites());
    point.y = occupancy_at(at, n, fit.curve.sites());
    // The occupancy at this concentration takes the place of Omax, or of EC50 where Omax is held.
    const std::size_t place = !(at > 0.0) ? e0 : is_held ? log_ec50 : omax;
    if (fit.problem.parameters[place].is_held()) {
      point.mean = {point.y, point.y};
    } else {
      Regression problem = at > 0.0 ? fit.curve.problem({Form::value, at}) : fit.problem;
      Parameter& parameter = problem.parameters[place];
      if (at > 0.0) parameter.lower = p[e0], parameter.upper = p[e0] + (is_held ? p[omax] : 1e8 * options.full);
      if (at > 0.0 && !fit.problem.parameters[e0].is_held()) parameter.lower = -options.full;
      RegressionOptimum optimum = fit.optimum;
      optimum.parameters[place] = point.y;
      point.mean = detail::profile(problem, optimum, place, 0.02 * options.full, fit.limit, true);
    }
    const double up = std::hypot(point.mean.upper - point.y, factor * std::sqrt(fit.variance));
    const double down = std::hypot(point.y - point.mean.lower, factor * std::sqrt(fit.variance));
    if (options.endpoint == CurveEndpoint::occupancy) point.observation = {point.y - down, point.y + up};
    points.push_back(point);
  }
  return points;
}

std::vector<double> drawing_grid(const std::vector<CurveObservation>& observations, int points) {
  double least = infinity;
  double most = 0.0;
  for (const CurveObservation& o : observations) {
    if (o.x > 0.0) least = std::min(least, o.x);
    most = std::max(most, o.x);
  }
  std::vector<double> grid = {0.0};
  const double from = std::log(0.1 * least);
  const double to = std::log(2.0 * most);
  for (int i = 0; i < points; ++i) grid.push_back(std::exp(from + (to - from) * i / (points - 1)));
  return grid;
}

}  // namespace pet
