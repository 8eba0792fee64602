// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/time_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/curve_statistics.h"
#include "kinetic_models/detail/regression.h"
#include "kinetic_models/detail/solver.h"
#include "kinetic_models/detail/varying_rates.h"
#include "kinetic_models/occupancy/time_course.h"
#include "libpet/error.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

using detail::Regression;
using detail::RegressionOptimum;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double longest_step_h = 0.1;
enum Index : std::size_t { omax, log_ec50, log_rate, curve_parameters };

// The plasma at the stages of every step, and which steps end at a scan; the same for all parameters.
class Schedule {
 public:
  Schedule(const DrugPlasma& plasma, const std::vector<double>& time_h) : count_(time_h.size()) {
    const Concentration concentration = sampled_concentration(plasma.time_h, plasma.concentration);
    std::vector<double> edges(time_h.begin(), time_h.end());
    const double begin = plasma.time_h.front();
    edges.insert(edges.end(), plasma.time_h.begin(), plasma.time_h.end());
    std::sort(edges.begin(), edges.end());
    double now = begin;
    for (const double edge : edges) {
      const int parts = edge > now ? static_cast<int>(std::ceil((edge - now) / longest_step_h)) : 0;
      for (int part = 0; part < parts; ++part) {
        Step step{(edge - now) / parts, {}, {}};
        for (std::size_t i = 0; i < step.plasma.size(); ++i)
          step.plasma[i] = concentration(now + (part + detail::GaussStages::time[i]) * step.length);
        steps_.push_back(step);
      }
      now = std::max(now, edge);
      // A scan before the first sample, or at it, sees no drug yet.
      for (std::size_t s = 0; s < count_; ++s)
        if (time_h[s] == edge && !steps_.empty()) steps_.back().scans.push_back({s, concentration(edge)});
    }
  }

  // The occupancy at every scan, in the order in which they were given; zero before the drug.
  template <typename T>
  std::vector<T> occupancy(TimeModel model, const T& Omax, const T& EC50, const T& rate) const {
    std::vector<T> result(count_, T(0.0));
    T y(0.0);  // the concentration in the effect compartment, or the occupancy over Omax
    for (const Step& step : steps_) {
      if (model != TimeModel::direct) {
        std::array<T, 3> gain;
        std::array<T, 3> loss;
        for (std::size_t i = 0; i < 3; ++i) {
          const T inflow = model == TimeModel::effect ? T(rate * step.plasma[i]) : T(rate / EC50 * step.plasma[i]);
          gain[i] = inflow;
          loss[i] = model == TimeModel::effect ? rate : T(inflow + rate);
        }
        detail::gauss_step(y, T(step.length), gain, loss);
      }
      for (const Scan& scan : step.scans)
        result[scan.index] = model == TimeModel::direct   ? T(Omax * scan.plasma / (EC50 + scan.plasma))
                             : model == TimeModel::effect ? T(Omax * y / (EC50 + y))
                                                          : T(Omax * y);
    }
    return result;
  }

 private:
  struct Scan {
    std::size_t index;
    double plasma;
  };
  struct Step {
    double length;
    std::array<double, 3> plasma;
    std::vector<Scan> scans;  // at its end
  };
  std::size_t count_;
  std::vector<Step> steps_;
};

// The scans of one subject.
struct Subject {
  std::string name;
  std::vector<std::size_t> observations;
  Schedule schedule;
};

const DrugPlasma& plasma_of(const std::vector<DrugPlasma>& plasma, const std::string& subject) {
  const auto found =
      std::find_if(plasma.begin(), plasma.end(), [&](const DrugPlasma& p) { return p.subject == subject; });
  if (found != plasma.end()) return *found;
  if (plasma.size() == 1 && plasma.front().subject.empty()) return plasma.front();
  throw bad_input("time course", "no plasma curve of subject '" + subject + "'", "one of every subject, or one of all");
}

class TimeCourse {
 public:
  TimeCourse(const std::vector<TimeObservation>& observations,
             const std::vector<DrugPlasma>& plasma,
             const TimeCourseOptions& options)
      : observations_(observations), options_(options) {
    check(plasma);
    for (std::size_t i = 0; i < observations.size(); ++i) of_subject(observations[i].subject).push_back(i);
    for (auto& [name, indices] : grouped_) {
      std::vector<double> times;
      for (const std::size_t i : indices) times.push_back(observations[i].time_h);
      subjects_.push_back({name, indices, Schedule(plasma_of(plasma, name), times)});
    }
    for (const DrugPlasma& p : plasma)
      for (const double c : p.concentration) most_ = std::max(most_, c);
    if (!(most_ > 0.0)) throw bad_input("plasma", "no concentration above zero", "the drug");
    set_weights();
    set_parameters();
  }

  Regression problem() const {
    Regression regression;
    regression.parameters = parameters_;
    regression.observations = observations_.size();
    regression.residuals = [this](std::span<const double> p, std::span<double> r, std::span<double> j) {
      evaluate(p, r, j);
    };
    return regression;
  }

  std::vector<std::vector<double>> starts() const {
    std::vector<std::vector<double>> all;
    for (const double part : {0.03, 0.2, 1.0})
      for (const double rate : {0.05, 0.3, 2.0}) {
        std::vector<double> start = {0.8, std::log(part * most_), std::log(rate)};
        for (const Subject& subject : subjects_)
          if (has_baselines()) start.push_back(largest(subject));
        all.push_back(std::move(start));
        if (options_.model == TimeModel::direct) break;
      }
    return all;
  }

  bool has_baselines() const { return options_.endpoint == CurveEndpoint::binding; }
  const std::vector<Subject>& subjects() const { return subjects_; }

 private:
  std::vector<std::size_t>& of_subject(const std::string& name) {
    const auto found = std::find_if(grouped_.begin(), grouped_.end(), [&](const auto& g) { return g.first == name; });
    if (found != grouped_.end()) return found->second;
    return grouped_.emplace_back(name, std::vector<std::size_t>()).second;
  }

  void check(const std::vector<DrugPlasma>& plasma) const {
    std::set<std::string> names;
    for (const DrugPlasma& p : plasma)
      if (!names.insert(p.subject).second)
        throw bad_input("plasma", "two curves of subject '" + p.subject + "'", "one a subject");
    if (observations_.empty()) throw bad_input("time course", "no scan", "scans");
    bool is_flat = true;
    for (const TimeObservation& o : observations_) {
      if (!std::isfinite(o.time_h)) throw bad_input("time course", "a scan without a time", "hours after the dose");
      if (!std::isnan(o.standard_error) && !(o.standard_error > 0.0))
        throw bad_input("time course", "the standard error " + format_number(o.standard_error), "a positive one");
      if (has_baselines() && o.subject.empty())
        throw bad_input("time course", "binding without a subject", "one for every scan: each has its own baseline");
      is_flat = is_flat && o.y == observations_.front().y;
    }
    if (is_flat) throw bad_input("time course", "the same value in all scans", "values that differ");
  }

  void set_weights() {
    std::vector<double> errors;
    for (const TimeObservation& o : observations_) errors.push_back(o.standard_error);
    root_weight_ = detail::root_weights(errors);
  }

  double largest(const Subject& subject) const {
    double most = -infinity;
    for (const std::size_t i : subject.observations) most = std::max(most, observations_[i].y);
    return most;
  }

  void set_parameters() {
    constexpr double wide = 1e4;
    const double ec50 = std::log(most_);
    const char* const half = options_.model == TimeModel::binding ? "KD" : "EC50";
    const char* const rate = options_.model == TimeModel::binding ? "koff" : "ke0";
    parameters_ = {Parameter{"Omax", "1", 0.8, 0.0, wide, -infinity},
                   Parameter{half, "", ec50, ec50 - std::log(wide), ec50 + std::log(wide), -infinity},
                   Parameter{rate, "1/h", 0.0, std::log(1e-3), std::log(1e2), -infinity}};
    if (options_.Omax) parameters_[omax].held = *options_.Omax;
    if (options_.model == TimeModel::direct) parameters_[log_rate].held = 0.0;
    for (const Subject& subject : subjects_) {
      if (!has_baselines()) break;
      const double size = largest(subject);
      if (!(size > 0.0))
        throw bad_input("binding of subject '" + subject.name + "'", "no scan above zero", "one with a baseline");
      parameters_.push_back(Parameter{"BP0", "1", size, 0.0, wide * size, -infinity});
    }
    const std::size_t fitted = problem().fitted();
    if (observations_.size() < fitted + 1)
      throw bad_input("time course", std::to_string(observations_.size()) + " scans",
                      "at least " + std::to_string(fitted + 1) + " for " + std::to_string(fitted) + " parameters");
  }

  void evaluate(std::span<const double> p, std::span<double> residuals, std::span<double> jacobian) const {
    const std::size_t all = parameters_.size();
    std::fill(jacobian.begin(), jacobian.end(), 0.0);
    for (std::size_t s = 0; s < subjects_.size(); ++s) {
      const Subject& subject = subjects_[s];
      const auto curve = [&](const auto* q, auto out) {
        using std::exp;
        const auto found = subject.schedule.occupancy(options_.model, q[omax], exp(q[log_ec50]), exp(q[log_rate]));
        std::copy(found.begin(), found.end(), out.begin());
      };
      const std::size_t n = subject.observations.size();
      std::vector<double> occupancy(n);
      std::vector<double> slopes(jacobian.empty() ? 0 : n * curve_parameters);
      detail::differentiate<curve_parameters>(curve, p.first(curve_parameters), occupancy, slopes);
      const double BP0 = has_baselines() ? p[curve_parameters + s] : 0.0;
      for (std::size_t k = 0; k < n; ++k) {
        const std::size_t i = subject.observations[k];
        const double free = 1.0 - occupancy[k];
        residuals[i] = root_weight_[i] * ((has_baselines() ? BP0 * free : occupancy[k]) - observations_[i].y);
        if (jacobian.empty()) continue;
        for (std::size_t j = 0; j < curve_parameters; ++j)
          jacobian[i * all + j] = root_weight_[i] * (has_baselines() ? -BP0 : 1.0) * slopes[k * curve_parameters + j];
        if (has_baselines()) jacobian[i * all + curve_parameters + s] = root_weight_[i] * free;
      }
    }
  }

  const std::vector<TimeObservation>& observations_;
  const TimeCourseOptions& options_;
  std::vector<std::pair<std::string, std::vector<std::size_t>>> grouped_;
  std::vector<Subject> subjects_;
  std::vector<double> root_weight_;
  std::vector<Parameter> parameters_;
  double most_ = 0.0;  // concentration
};

struct Fitted {
  TimeCourse course;
  Regression problem;
  RegressionOptimum optimum;
  std::vector<double> covariance;
  double variance = not_available;
  double limit = not_available;
  int freedom = 0;

  Fitted(const std::vector<TimeObservation>& observations,
         const std::vector<DrugPlasma>& plasma,
         const TimeCourseOptions& options)
      : course(observations, plasma, options),
        problem(course.problem()),
        optimum(detail::minimise(problem, course.starts())) {
    if (optimum.parameters.empty()) return;
    freedom = static_cast<int>(observations.size()) - static_cast<int>(problem.fitted());
    variance = optimum.rss / freedom;
    limit = optimum.rss * (1.0 + std::pow(interval_factor(options.level, freedom), 2) / freedom);
    covariance = detail::inverse_information(problem, optimum);
    for (double& c : covariance) c *= variance;
  }
  double at(std::size_t a, std::size_t b) const { return covariance[a * problem.parameters.size() + b]; }
};

// A parameter with its profile; those that are fitted as logarithms on their own scale.
Estimate estimate_of(const Fitted& fit, std::size_t j, TimeCourseFit& result) {
  const Parameter& parameter = fit.problem.parameters[j];
  const bool is_logarithm = j == log_ec50 || j == log_rate;
  const double value = fit.optimum.parameters[j];
  const double se = std::sqrt(fit.at(j, j));
  Estimate estimate{parameter.symbol, parameter.unit, value, se, value, value};
  const std::string symbol(parameter.symbol);
  const auto flag = [&](const char* what) {
    const std::string whole = symbol + what;
    if (std::find(result.flags.begin(), result.flags.end(), whole) == result.flags.end()) result.flags.push_back(whole);
  };
  if (!parameter.is_held()) {
    const Interval interval = detail::profile(fit.problem, fit.optimum, j,
                                              std::isfinite(se) && se > 0.0 ? std::min(se, 2.0) : 0.1, fit.limit);
    const bool can_be_zero = !is_logarithm;
    estimate.lower = can_be_zero && std::isinf(interval.lower) ? 0.0 : interval.lower;
    estimate.upper = interval.upper;
    if (std::isinf(estimate.lower) || std::isinf(estimate.upper)) flag("_unbounded");
    if (detail::is_at_bound(value, parameter))
      flag("_at_bound");
    else if (std::isnan(se))
      flag("_unidentifiable");
  }
  if (is_logarithm)
    for (double* number : {&estimate.value, &estimate.lower, &estimate.upper}) *number = std::exp(*number);
  if (is_logarithm) estimate.standard_error *= estimate.value;
  return estimate;
}

// koff / KD, whose logarithm is the difference of two that are fitted.
Estimate kon_of(const Fitted& fit) {
  const double log_kon = fit.optimum.parameters[log_rate] - fit.optimum.parameters[log_ec50];
  const double variance = fit.at(log_rate, log_rate) + fit.at(log_ec50, log_ec50) - 2.0 * fit.at(log_rate, log_ec50);
  const double value = std::exp(log_kon);
  return {"kon", "", value, value * std::sqrt(variance)};
}

void add_criteria(TimeCourseFit& fit) {
  const detail::Criteria criteria = detail::criteria_of(fit.rss, fit.observations, fit.parameters);
  fit.aic = criteria.aic;
  fit.aicc = criteria.aicc;
  fit.bic = criteria.bic;
}

void judge(TimeCourseFit& result, const Fitted& fit) {
  const Estimate& half = result.estimates[log_ec50];
  const auto has = [&](std::string_view ending) {
    return std::any_of(result.flags.begin(), result.flags.end(),
                       [&](const std::string& flag) { return flag.ends_with(ending); });
  };
  if (half.lower == 0.0 || std::isinf(half.upper) || has("_unidentifiable"))
    result.status = FitStatus::unidentifiable;
  else if (!fit.optimum.converged)
    result.status = FitStatus::not_converged;
  else
    result.status = has("_at_bound") ? FitStatus::at_bound : FitStatus::ok;
  if (result["Omax"].value > 1.0) result.flags.push_back("omax_above_one");
}

}  // namespace

const std::vector<std::string>& time_model_names() {
  static const std::vector<std::string> names = {"direct", "effect", "binding"};
  return names;
}

TimeModel time_model(std::string_view name) {
  const auto& names = time_model_names();
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw UsageError("no model '" + std::string(name) + "' of a time course" + suggestion(std::string(name), names));
  return static_cast<TimeModel>(found - names.begin());
}

std::string_view name_of(TimeModel model) {
  return time_model_names()[static_cast<std::size_t>(model)];
}

const Estimate& TimeCourseFit::operator[](std::string_view symbol) const {
  return detail::estimate_named(estimates, symbol);
}

TimeCourseFit fit_time_course(const std::vector<TimeObservation>& observations,
                              const std::vector<DrugPlasma>& plasma,
                              const TimeCourseOptions& options) {
  const Fitted fit(observations, plasma, options);
  TimeCourseFit result;
  result.model = options.model;
  result.observations = observations.size();
  result.parameters = fit.problem.fitted();
  if (fit.optimum.parameters.empty()) {
    result.flags.push_back("optimiser_failed");
    return result;
  }
  result.estimates = {estimate_of(fit, omax, result), estimate_of(fit, log_ec50, result)};
  if (options.model != TimeModel::direct) result.estimates.push_back(estimate_of(fit, log_rate, result));
  if (options.model == TimeModel::binding) result.estimates.push_back(kon_of(fit));
  for (std::size_t s = 0; fit.course.has_baselines() && s < fit.course.subjects().size(); ++s) {
    result.subjects.push_back(fit.course.subjects()[s].name);
    result.baselines.push_back(estimate_of(fit, curve_parameters + s, result));
  }
  result.rss = fit.optimum.rss;
  result.sigma = std::sqrt(fit.variance);
  add_criteria(result);
  judge(result, fit);
  return result;
}

std::vector<CurvePoint> predict_time_course(const std::vector<TimeObservation>& observations,
                                            const std::vector<DrugPlasma>& plasma,
                                            const TimeCourseOptions& options,
                                            const DrugPlasma& of,
                                            const std::vector<double>& time_h) {
  const Fitted fit(observations, plasma, options);
  std::vector<CurvePoint> points;
  if (fit.optimum.parameters.empty()) return points;
  const Schedule schedule(of, time_h);
  const auto curve = [&](const auto* q, auto out) {
    using std::exp;
    const auto found = schedule.occupancy(options.model, q[omax], exp(q[log_ec50]), exp(q[log_rate]));
    std::copy(found.begin(), found.end(), out.begin());
  };
  std::vector<double> occupancy(time_h.size());
  std::vector<double> slopes(time_h.size() * curve_parameters);
  detail::differentiate<curve_parameters>(curve, std::span(fit.optimum.parameters).first(curve_parameters), occupancy,
                                          slopes);
  const double factor = interval_factor(options.level, fit.freedom);
  for (std::size_t i = 0; i < time_h.size(); ++i) {
    double variance = 0.0;
    for (std::size_t a = 0; a < curve_parameters; ++a)
      for (std::size_t b = 0; b < curve_parameters; ++b)
        if (slopes[i * curve_parameters + a] != 0.0 && slopes[i * curve_parameters + b] != 0.0)
          variance += slopes[i * curve_parameters + a] * slopes[i * curve_parameters + b] * fit.at(a, b);
    const double mean = factor * std::sqrt(variance);
    const double one = factor * std::sqrt(variance + fit.variance);
    CurvePoint point{.x = time_h[i], .y = occupancy[i], .mean = {}, .observation = {}};
    point.mean = {point.y - mean, point.y + mean};
    if (!fit.course.has_baselines()) point.observation = {point.y - one, point.y + one};
    points.push_back(point);
  }
  return points;
}

std::vector<double> time_course_occupancy(TimeModel model,
                                          const DrugPlasma& plasma,
                                          double Omax,
                                          double EC50,
                                          double rate,
                                          const std::vector<double>& time_h) {
  return Schedule(plasma, time_h).occupancy(model, Omax, EC50, rate);
}

}  // namespace pet
