// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/pooled_curve.h"

#include <ceres/ceres.h>

#include <Eigen/Dense>
#include <algorithm>
#include <array>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>
#include <optional>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/curve_statistics.h"
#include "kinetic_models/detail/solver.h"
#include "kinetic_models/occupancy/interval.h"
#include "libpet/error.h"

namespace pet {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

// What the likelihood is maximised over. Scales are logarithms, but for the omegas, whose sign does not count.
enum Index : std::size_t { log_omax, log_ec50, log_hill, omega_ec50, omega_omax, log_sigma, population_parameters };
using Population = std::array<double, population_parameters>;

// The parameters of a subject: u of EC50, u of Omax, log BP0.
enum Own : int { of_ec50, of_omax, of_baseline, own_parameters };
using Individual = Eigen::Matrix<double, own_parameters, 1>;

struct SubjectData {
  std::string name;
  std::vector<double> x;
  std::vector<double> y;
  std::vector<double> root_weight;
};

struct Optimum {
  Individual at = Individual::Zero();
  double deviance = infinity;
};

class Pool {
 public:
  Pool(const std::vector<CurveObservation>& observations, const PooledOptions& options) : options_(options) {
    double sum = 0.0;
    for (const CurveObservation& o : observations) sum += 1.0 / (o.standard_error * o.standard_error);
    const bool has_weights = std::isfinite(sum);
    for (const CurveObservation& o : observations) {
      if (o.subject.empty()) throw bad_input("pooled curve", "an observation without a subject", "one in every row");
      auto found = std::find_if(subjects_.begin(), subjects_.end(), [&](const auto& s) { return s.name == o.subject; });
      if (found == subjects_.end()) found = subjects_.insert(subjects_.end(), SubjectData{o.subject, {}, {}, {}});
      found->x.push_back(o.x);
      found->y.push_back(o.y);
      found->root_weight.push_back(
          has_weights ? std::sqrt(static_cast<double>(observations.size()) / sum) / o.standard_error : 1.0);
    }
    if (subjects_.size() < 3)
      throw bad_input("pooled curve", std::to_string(subjects_.size()) + " subjects", "at least 3");
  }

  const std::vector<SubjectData>& subjects() const { return subjects_; }
  const PooledOptions& options() const { return options_; }
  bool is_binding() const { return options_.curve.endpoint == CurveEndpoint::binding; }

  double deviance(const Population& p) const {
    double sum = 0.0;
    for (const SubjectData& subject : subjects_) sum += optimum(subject, p).deviance;
    return sum;
  }

  // The most likely parameters of a subject, by Gauss-Newton steps that are halved until they help.
  Optimum optimum(const SubjectData& subject, const Population& p) const {
    constexpr int most_steps = 60;
    Individual at = Individual::Zero();
    if (is_binding()) at[of_baseline] = std::log(std::max(1e-6, *std::max_element(subject.y.begin(), subject.y.end())));
    Linear here = linear(subject, p, at);
    for (int i = 0; i < most_steps; ++i) {
      const Individual step = -here.hessian.ldlt().solve(here.gradient);
      double length = 1.0;
      Linear next = linear(subject, p, at + step);
      while (!(next.penalised <= here.penalised) && length > 1e-6) {
        length *= 0.5;
        next = linear(subject, p, at + length * step);
      }
      if (!(next.penalised <= here.penalised)) break;
      at += length * step;
      const double gain = here.penalised - next.penalised;
      here = std::move(next);
      if (gain < 1e-13 * (1.0 + here.penalised) && step.norm() < 1e-8) break;
    }
    return {at, total(subject, p, here)};
  }

  double EC50(const Population& p, const Individual& at) const {
    return std::exp(p[log_ec50] + p[omega_ec50] * at[of_ec50]);
  }
  double Omax(const Population& p, const Individual& at) const {
    return std::exp(p[log_omax] + p[omega_omax] * at[of_omax]);
  }

 private:
  struct Linear {
    Individual gradient;
    Eigen::Matrix<double, own_parameters, own_parameters> hessian;
    double penalised = infinity;  // r'r / sigma^2 + u'u
  };

  Linear linear(const SubjectData& subject, const Population& p, const Individual& at) const {
    const double sigma = std::exp(p[log_sigma]);
    const std::size_t n = subject.x.size();
    const auto residual = [&](const auto* own, auto out) {
      using std::exp;
      using std::log;
      for (std::size_t j = 0; j < n; ++j) {
        auto occupancy = 0.0 * own[of_ec50];
        if (subject.x[j] > 0.0) {
          const auto omax = exp(p[log_omax] + p[omega_omax] * own[of_omax]);
          const auto distance =
              std::exp(p[log_hill]) * (p[log_ec50] + p[omega_ec50] * own[of_ec50] - std::log(subject.x[j]));
          occupancy = omax / (1.0 + exp(distance));
        }
        const auto predicted = is_binding() ? exp(own[of_baseline]) * (1.0 - occupancy / options_.curve.full)
                                            : occupancy + 0.0 * own[of_baseline];
        out[j] = subject.root_weight[j] / sigma * (predicted - subject.y[j]);
      }
    };
    Eigen::VectorXd r(static_cast<Eigen::Index>(n));
    Eigen::Matrix<double, Eigen::Dynamic, own_parameters, Eigen::RowMajor> Z(static_cast<Eigen::Index>(n),
                                                                             static_cast<Eigen::Index>(own_parameters));
    detail::differentiate<own_parameters>(residual, {at.data(), own_parameters}, {r.data(), n},
                                          {Z.data(), n * own_parameters});
    Individual prior = Individual::Zero();
    prior[of_ec50] = prior[of_omax] = 1.0;
    if (!is_binding()) prior[of_baseline] = 1.0;  // it is not in the model, and stays at zero
    Linear result;
    result.gradient = Z.transpose() * r + prior.cwiseProduct(at);
    result.hessian = Z.transpose() * Z;
    result.hessian.diagonal() += prior;
    result.penalised = r.squaredNorm() + prior.cwiseProduct(at.cwiseAbs2()).sum();
    if (!std::isfinite(result.penalised)) result.penalised = infinity;
    return result;
  }

  double total(const SubjectData& subject, const Population& p, const Linear& linear) const {
    double sum = linear.penalised + 2.0 * p[log_sigma] * static_cast<double>(subject.x.size());
    for (const double w : subject.root_weight) sum -= 2.0 * std::log(w);
    return sum + std::log(linear.hessian.determinant());
  }

  const PooledOptions& options_;
  std::vector<SubjectData> subjects_;
};

// The deviance as a function of what is fitted, with derivatives by central differences.
class Deviance : public ceres::FirstOrderFunction {
 public:
  Deviance(const Pool& pool, Population at, std::vector<std::size_t> free)
      : pool_(pool), at_(at), free_(std::move(free)) {}
  int NumParameters() const override { return static_cast<int>(free_.size()); }
  bool Evaluate(const double* const x, double* cost, double* gradient) const override {
    constexpr double step = 1e-4;
    Population p = at_;
    for (std::size_t k = 0; k < free_.size(); ++k) p[free_[k]] = x[k];
    *cost = pool_.deviance(p);
    for (std::size_t k = 0; gradient != nullptr && k < free_.size(); ++k) {
      Population up = p, down = p;
      up[free_[k]] += step;
      down[free_[k]] -= step;
      gradient[k] = (pool_.deviance(up) - pool_.deviance(down)) / (2.0 * step);
    }
    return std::isfinite(*cost);
  }

 private:
  const Pool& pool_;
  Population at_;
  std::vector<std::size_t> free_;
};

struct Maximum {
  Population at;
  double deviance = infinity;
  bool converged = false;
};

Maximum maximise(const Pool& pool, Population start, const std::vector<std::size_t>& free) {
  std::vector<double> x;
  for (const std::size_t k : free) x.push_back(start[k]);
  ceres::GradientProblem problem(new Deviance(pool, start, free));
  ceres::GradientProblemSolver::Options options;
  options.logging_type = ceres::SILENT;
  options.line_search_direction_type = ceres::BFGS;
  options.max_num_iterations = 200;
  options.function_tolerance = 1e-10;
  options.gradient_tolerance = 1e-6;
  detail::solver_options(detail::Effort::few_steps);  // silences the log of Ceres
  ceres::GradientProblemSolver::Summary summary;
  ceres::Solve(options, problem, x.data(), &summary);
  // Where the start cannot be evaluated there is no iteration, and the costs of the summary mean nothing.
  if (summary.iterations.empty()) return {start, std::numeric_limits<double>::infinity(), false};
  Maximum found{start, summary.final_cost, summary.termination_type != ceres::NO_CONVERGENCE};
  for (std::size_t k = 0; k < free.size(); ++k) found.at[free[k]] = x[k];
  return found;
}

std::vector<std::size_t> free_parameters(const PooledOptions& options) {
  const CurveShape shape = options.curve.shape;
  std::vector<std::size_t> free = {log_ec50, log_sigma};
  if (!options.curve.Omax && (shape == CurveShape::emax || shape == CurveShape::hill)) free.push_back(log_omax);
  if (!options.curve.hill && (shape == CurveShape::hill || shape == CurveShape::hill_full)) free.push_back(log_hill);
  if (options.is_EC50_random) free.push_back(omega_ec50);
  if (options.is_Omax_random) free.push_back(omega_omax);
  return free;
}

using Indices = std::vector<std::size_t>;

// The second derivatives of the deviance by some parameters, by central differences.
Eigen::MatrixXd curvature(const Pool& pool, const Population& at, const Indices& of) {
  constexpr double step = 1e-2;
  const auto n = static_cast<Eigen::Index>(of.size());
  const auto shifted = [&](std::size_t a, double by_a, std::size_t b, double by_b) {
    Population p = at;
    p[of[a]] += by_a * step;
    p[of[b]] += by_b * step;
    return pool.deviance(p);
  };
  Eigen::MatrixXd second(n, n);
  const double here = pool.deviance(at);
  for (std::size_t a = 0; a < of.size(); ++a)
    for (std::size_t b = 0; b <= a; ++b) {
      const double sum = a == b ? shifted(a, 1.0, b, 0.0) - 2.0 * here + shifted(a, -1.0, b, 0.0)
                                : 0.25 * (shifted(a, 1.0, b, 1.0) - shifted(a, 1.0, b, -1.0) -
                                          shifted(a, -1.0, b, 1.0) + shifted(a, -1.0, b, -1.0));
      second(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) =
          second(static_cast<Eigen::Index>(b), static_cast<Eigen::Index>(a)) = sum / (step * step);
    }
  return second;
}

// What the variance of a parameter of the population is worth.
struct SmallSample {
  double degrees_of_freedom;
  double restricted = 1.0;  // variance by restricted over that by maximum likelihood
};

// Of every fixed parameter. Falls back to one degree of freedom less than subjects where the curvature is none of a
// minimum.
class SmallSamples {
 public:
  SmallSamples(const Pool& pool, const Maximum& best, const Indices& free, std::size_t observations)
      : least_(static_cast<double>(pool.subjects().size()) - 1.0) {
    Indices of_variance;
    constexpr double none = 0.02;  // an omega of zero says nothing about how the variance depends on it
    for (const std::size_t k : free) {
      const bool is_omega = k == omega_ec50 || k == omega_omax;
      if (!is_omega && k != log_sigma)
        fixed_.push_back(k);
      else if (!is_omega || std::abs(best.at[k]) > none)
        of_variance.push_back(k);
    }
    most_ = static_cast<double>(observations) - static_cast<double>(free.size()) -
            (pool.is_binding() ? static_cast<double>(pool.subjects().size()) : 0.0);
    set_variances(pool, best.at, of_variance);
  }

  SmallSample of(std::size_t parameter) const {
    const auto found = std::find(fixed_.begin(), fixed_.end(), parameter);
    const auto k = static_cast<Eigen::Index>(found - fixed_.begin());
    if (found == fixed_.end() || variance_.size() <= k) return {least_, (least_ + 1.0) / least_};
    const double of_variance = slope_.row(k) * covariance_ * slope_.row(k).transpose();
    const double gain = std::exp((slope_.row(k) * step_).value() / variance_[k]);
    const double restricted = std::clamp(gain, 1.0, 2.0);
    const double freedom = 2.0 * variance_[k] * variance_[k] / of_variance / restricted;
    return {std::clamp(freedom, least_, std::max(least_, most_)), restricted};
  }

 private:
  Eigen::MatrixXd variances(const Pool& pool, const Population& at) const {
    return 2.0 * curvature(pool, at, fixed_).inverse();
  }

  void set_variances(const Pool& pool, const Population& at, const Indices& of_variance) {
    const Eigen::MatrixXd information = 0.5 * curvature(pool, at, of_variance);
    const Eigen::MatrixXd here = variances(pool, at);
    const auto is_positive = [](const Eigen::MatrixXd& m) { return m.allFinite() && m.llt().info() == Eigen::Success; };
    if (!is_positive(information) || !is_positive(here)) return;
    covariance_ = information.inverse();
    const auto n = static_cast<Eigen::Index>(of_variance.size());
    slope_.resize(here.rows(), n);
    Eigen::VectorXd by_log_information(n);
    for (Eigen::Index t = 0; t < n; ++t) {
      constexpr double step = 1e-2;
      Population up = at, down = at;
      up[of_variance[static_cast<std::size_t>(t)]] += step;
      down[of_variance[static_cast<std::size_t>(t)]] -= step;
      const Eigen::MatrixXd above = variances(pool, up);
      const Eigen::MatrixXd below = variances(pool, down);
      slope_.col(t) = (above.diagonal() - below.diagonal()) / (2.0 * step);
      by_log_information[t] = -(std::log(above.determinant()) - std::log(below.determinant())) / (2.0 * step);
    }
    if (!slope_.allFinite() || !by_log_information.allFinite()) return;
    step_ = -0.5 * covariance_ * by_log_information;
    variance_ = here.diagonal();
  }

  double least_;
  double most_ = 0.0;
  Indices fixed_;
  Eigen::VectorXd variance_;    // of the fixed parameters
  Eigen::MatrixXd slope_;       // their derivatives by the omegas and log sigma
  Eigen::MatrixXd covariance_;  // of these
  Eigen::VectorXd step_;        // from maximum to restricted likelihood
};

// All values whose smallest deviance over the others is at most the limit.
Interval profile(const Pool& pool, const Maximum& best, std::size_t parameter, double limit) {
  constexpr double far_beyond = 1e6;  // where nothing can be evaluated: a number, for a root is looked for
  std::vector<std::size_t> others = free_parameters(pool.options());
  std::erase(others, parameter);
  const auto bound = [&](int side) {
    Population start = best.at;
    const auto excess = [&](double value) {
      start[parameter] = value;
      const Maximum found = maximise(pool, start, others);
      if (!std::isfinite(found.deviance)) return far_beyond;
      start = found.at;
      return found.deviance - limit;
    };
    double inside = best.at[parameter];
    double at_inside = best.deviance - limit;
    for (double reach = 0.1; reach < 8.0; reach *= 1.7) {
      const double outside = best.at[parameter] + side * reach;
      const double beyond = excess(outside);
      if (!(beyond > 0.0)) {
        inside = outside;
        at_inside = beyond;
        continue;
      }
      std::uintmax_t evaluations = 25;
      const boost::math::tools::eps_tolerance<double> close(14);
      const auto root =
          side < 0 ? boost::math::tools::toms748_solve(excess, outside, inside, beyond, at_inside, close, evaluations)
                   : boost::math::tools::toms748_solve(excess, inside, outside, at_inside, beyond, close, evaluations);
      return 0.5 * (root.first + root.second);
    }
    return side * infinity;
  };
  return {bound(-1), bound(1)};
}

Population population_of(double Omax, double EC50, double hill, double omega_EC50, double omega_Omax, double sigma) {
  return {std::log(Omax), std::log(EC50), std::log(hill), omega_EC50, omega_Omax, std::log(sigma)};
}

// From the fit that takes all scans for independent.
Population start_of(const std::vector<CurveObservation>& observations, const PooledOptions& options) {
  CurveOptions curve = options.curve;
  curve.interval = CurveInterval::standard_error;
  curve.targets.clear();
  const CurveFit alone = fit_curve(observations, curve);
  if (alone.estimates.empty()) throw bad_input("pooled curve", "no curve through all scans", "one to start from");
  return population_of(std::max(alone["Omax"].value, 1e-3 * options.curve.full), alone["EC50"].value,
                       alone["hill"].value, options.is_EC50_random ? 0.2 : 0.0, options.is_Omax_random ? 0.1 : 0.0,
                       std::max(alone.sigma, 1e-6 * options.curve.full));
}

// The best of several starts, each followed twice, the second time with a fresh idea of the curvature.
Maximum best_of_starts(const Pool& pool, const Population& start, const Indices& free) {
  Maximum best;
  for (const double size : {1.0, 0.2, 4.0}) {
    Population at = start;
    at[omega_ec50] *= size;
    at[omega_omax] *= size;
    Maximum found = maximise(pool, at, free);
    found = maximise(pool, found.at, free);
    // A later start must be better by more than rounding, so that the result does not hang on it.
    if (std::isinf(best.deviance) || found.deviance < best.deviance - 1e-6) best = found;
    if (start[omega_ec50] == 0.0 && start[omega_omax] == 0.0) break;
  }
  return best;
}

Estimate estimate_of(
    const Pool& pool, const Maximum& best, std::size_t parameter, const char* symbol, double limit, PooledFit& result) {
  Estimate estimate{symbol, "", std::exp(best.at[parameter])};
  const std::vector<std::size_t> free = free_parameters(pool.options());
  if (std::find(free.begin(), free.end(), parameter) == free.end()) {
    estimate.standard_error = 0.0;
    estimate.lower = estimate.upper = estimate.value;
    return estimate;
  }
  const Interval interval = profile(pool, best, parameter, limit);
  estimate.lower = std::exp(interval.lower);
  estimate.upper = std::exp(interval.upper);
  if (!interval.is_bounded()) result.flags.push_back(std::string(symbol) + "_unbounded");
  return estimate;
}

}  // namespace

const Estimate& PooledFit::operator[](std::string_view symbol) const {
  return detail::estimate_named(estimates, symbol);
}

double pooled_deviance(const std::vector<CurveObservation>& observations,
                       const PooledOptions& options,
                       double Omax,
                       double EC50,
                       double hill,
                       double omega_EC50,
                       double omega_Omax,
                       double sigma) {
  return Pool(observations, options).deviance(population_of(Omax, EC50, hill, omega_EC50, omega_Omax, sigma));
}

PooledFit fit_pooled_curve(const std::vector<CurveObservation>& observations, const PooledOptions& options) {
  if (has_two_sites(options.curve.shape))
    throw UsageError("a curve of two sites has no parameters that differ between subjects");
  require_held_sizes(options.curve);
  if (options.curve.E0.is_fitted || options.curve.E0.value.value_or(0.0) != 0.0)
    throw UsageError("E0 of subjects who differ is 0: it can be neither fitted nor given");
  const Pool pool(observations, options);
  const std::vector<std::size_t> free = free_parameters(options);
  const Maximum best = best_of_starts(pool, start_of(observations, options), free);
  PooledFit result;
  if (!std::isfinite(best.deviance)) throw bad_input("pooled curve", "observations that no start describes", "some");
  result.observations = observations.size();
  result.parameters = free.size() + (pool.is_binding() ? pool.subjects().size() : 0);
  result.deviance = best.deviance;
  const SmallSamples small(pool, best, free, observations.size());
  for (const auto& [parameter, symbol] : {std::pair{log_omax, "Omax"}, {log_ec50, "EC50"}, {log_hill, "hill"}}) {
    const SmallSample sample = small.of(parameter);
    const double factor = student_factor(options.curve.level, sample.degrees_of_freedom);
    const double freedom = sample.degrees_of_freedom;
    const double limit = best.deviance + sample.restricted * freedom * std::log1p(factor * factor / freedom);
    result.estimates.push_back(estimate_of(pool, best, parameter, symbol, limit, result));
  }
  result.estimates.push_back({"omega_EC50", "1", std::abs(best.at[omega_ec50])});
  result.estimates.push_back({"omega_Omax", "1", std::abs(best.at[omega_omax])});
  result.estimates.push_back({"sigma", "", std::exp(best.at[log_sigma])});
  constexpr double none = 1e-3;
  if ((options.is_EC50_random && std::abs(best.at[omega_ec50]) < none) ||
      (options.is_Omax_random && std::abs(best.at[omega_omax]) < none))
    result.flags.push_back("no_variation");
  for (const SubjectData& subject : pool.subjects()) {
    const Individual at = pool.optimum(subject, best.at).at;
    result.subjects.push_back({subject.name, pool.EC50(best.at, at), pool.Omax(best.at, at),
                               pool.is_binding() ? std::exp(at[of_baseline]) : not_available});
  }
  const Estimate& EC50 = result["EC50"];
  result.status = !best.converged                               ? FitStatus::not_converged
                  : EC50.lower == 0.0 || std::isinf(EC50.upper) ? FitStatus::unidentifiable
                                                                : FitStatus::ok;
  return result;
}

}  // namespace pet
