// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/two_scans.h"

#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/roots.hpp>
#include <cmath>
#include <limits>

#include "kinetic_models/detail/index.h"
#include "kinetic_models/detail/row_major.h"
#include "kinetic_models/detail/solver.h"

namespace pet::detail {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

Eigen::VectorXd as_vector(const std::vector<double>& values) {
  return Eigen::Map<const Eigen::VectorXd>(values.data(), as_index(values.size()));
}

}  // namespace

Fit fit_alone(const Model& model, const ScanCurves& scan, std::size_t region, FitOptions options) {
  options.weights = scan.weights[region];
  return fit(model, scan.targets[region], scan.input, options);
}

bool is_usable(const Fit& alone, const TimeActivityCurve& target) {
  const bool is_zero = std::ranges::all_of(target.activity, [](double a) { return a == 0.0; });
  return !is_zero && !alone.parameters.empty() && alone.degrees_of_freedom > 0 && alone.weighted_rss >= 0.0 &&
         std::isfinite(alone.weighted_rss);
}

double RegionInTwoScans::Curve::factor(std::size_t i) const {
  return std::sqrt(used.weight[i]) / sigma;
}

RegionInTwoScans::RegionInTwoScans(const TwoScanModel& model,
                                   const ScanCurves& baseline,
                                   const ScanCurves& drug,
                                   std::size_t index,
                                   const Fit& baseline_alone,
                                   const Fit& drug_alone)
    : model_(model), index_(index) {
  for (const auto& [scan, alone] : {std::pair{&baseline, &baseline_alone}, {&drug, &drug_alone}}) {
    FitOptions options;
    options.weights = scan->weights[index];
    const TimeActivityCurve& target = scan->targets[index];
    // Exact curves have no residual variance; any scale then does.
    const double largest = *std::max_element(target.activity.begin(), target.activity.end());
    const double sigma = std::max(std::sqrt(alone->weighted_rss / alone->degrees_of_freedom), 1e-9 * largest);
    curves_.push_back({&target, scan->input, frames_used(target, options, model.least_frames, "joint fit"), sigma});
  }
  problem_.observations = residuals_of(0) + residuals_of(1);
  problem_.parameters = model.parameters;
  problem_.residuals = [this](std::span<const double> p, std::span<double> r, std::span<double> j) {
    evaluate(p, r, j);
  };
  for (const Parameter& parameter : model.parameters) at_.push_back(parameter.initial);
}

std::size_t RegionInTwoScans::fitted() const {
  std::size_t count = 0;
  for (std::size_t j = 0; j < model_.own; ++j)
    if (!model_.parameters[j].is_held()) ++count;
  return count;
}

bool RegionInTwoScans::is_at_bound() const {
  for (std::size_t j = 0; j < model_.own; ++j)
    if (!model_.parameters[j].is_held() && detail::is_at_bound(at_[j], model_.parameters[j])) return true;
  return false;
}

void RegionInTwoScans::hold(std::span<const double> common) {
  for (std::size_t k = 0; k < common.size(); ++k) problem_.parameters[model_.own + k].held = common[k];
}

double RegionInTwoScans::take(RegressionOptimum found) {
  if (found.parameters.empty()) return infinity;
  at_ = std::move(found.parameters);
  converged_ = found.converged;
  return found.rss;
}

double RegionInTwoScans::cost(std::span<const double> common) {
  hold(common);
  std::copy(common.begin(), common.end(), at_.begin() + static_cast<std::ptrdiff_t>(model_.own));
  model_.move_inside(at_);
  return take(minimise(problem_, {at_}));
}

double RegionInTwoScans::cost(std::span<const double> common, const std::vector<std::vector<double>>& own_starts) {
  hold(common);
  std::vector<std::vector<double>> starts = {at_};
  starts.insert(starts.end(), own_starts.begin(), own_starts.end());
  for (std::vector<double>& start : starts) {
    start.resize(model_.own);
    start.insert(start.end(), common.begin(), common.end());
    model_.move_inside(start);
  }
  return take(minimise(problem_, starts));
}

std::vector<double> RegionInTwoScans::residuals() const {
  std::vector<double> residuals(observations());
  evaluate(at_, residuals, {});
  return residuals;
}

Eigen::MatrixXd RegionInTwoScans::scores() const {
  const std::size_t all = model_.parameters.size();
  std::vector<double> residuals(observations());
  std::vector<double> jacobian(observations() * all);
  evaluate(at_, residuals, jacobian);
  const RowMajor full = Eigen::Map<const RowMajor>(jacobian.data(), as_index(observations()), as_index(all));
  Eigen::MatrixXd own(full.rows(), 0);
  for (std::size_t j = 0; j < model_.own; ++j) {
    if (model_.parameters[j].is_held() || detail::is_at_bound(at_[j], model_.parameters[j])) continue;
    own.conservativeResize(Eigen::NoChange, own.cols() + 1);
    own.rightCols(1) = full.col(as_index(j));
  }
  const Eigen::MatrixXd common = full.rightCols(as_index(model_.common()));
  if (own.cols() == 0) return common;
  return common - own * own.colPivHouseholderQr().solve(common);
}

std::vector<double> RegionInTwoScans::scan_parameters(std::size_t scan) const {
  std::vector<double> of_scan(model_.model->parameters.size());
  model_.of_scan(scan, at_, of_scan, {});
  return of_scan;
}

Eigen::VectorXd RegionInTwoScans::weighted_prediction(std::size_t scan, const ScanInput& input) const {
  const Curve& curve = curves_[scan];
  std::vector<double> predicted(curve.target->frames.size());
  model_.model->predict(scan_parameters(scan), input, predicted, {});
  Eigen::VectorXd weighted(as_index(curve.used.index.size()));
  for (std::size_t i = 0; i < curve.used.index.size(); ++i)
    weighted[as_index(i)] = curve.factor(i) * predicted[curve.used.index[i]];
  return weighted;
}

bool RegionInTwoScans::evaluate_scan(std::size_t scan,
                                     std::span<const double> p,
                                     std::span<double> residuals,
                                     std::span<double> jacobian) const {
  const Curve& curve = curves_[scan];
  const std::size_t frames = curve.target->frames.size();
  const std::size_t count = model_.model->parameters.size();
  const std::size_t all = model_.parameters.size();
  const bool wants = !jacobian.empty();
  std::vector<double> of_scan(count);
  std::vector<double> chain(wants ? count * all : 0);
  if (!model_.of_scan(scan, p, of_scan, chain)) return false;
  std::vector<double> predicted(frames);
  std::vector<double> slopes(wants ? frames * count : 0);
  model_.model->predict(of_scan, curve.input, predicted, slopes);
  for (std::size_t i = 0; i < curve.used.index.size(); ++i) {
    const std::size_t f = curve.used.index[i];
    const double factor = curve.factor(i);
    residuals[i] = factor * (predicted[f] - curve.target->activity[f]);
    if (!wants) continue;
    for (std::size_t j = 0; j < all; ++j) {
      double slope = 0.0;
      for (std::size_t m = 0; m < count; ++m) slope += slopes[f * count + m] * chain[m * all + j];
      jacobian[i * all + j] = factor * slope;
    }
  }
  return true;
}

void RegionInTwoScans::evaluate(std::span<const double> p,
                                std::span<double> residuals,
                                std::span<double> jacobian) const {
  const std::size_t all = model_.parameters.size();
  for (std::size_t scan = 0; scan < curves_.size(); ++scan) {
    const std::size_t first = first_residual(scan);
    const std::size_t count = residuals_of(scan);
    const std::span<double> rows = jacobian.empty() ? std::span<double>{} : jacobian.subspan(first * all, count * all);
    if (evaluate_scan(scan, p, residuals.subspan(first, count), rows)) continue;
    std::fill(residuals.begin(), residuals.end(), not_available);
    return;
  }
}

TwoScanProblem::TwoScanProblem(const TwoScanModel& model,
                               std::vector<std::unique_ptr<RegionInTwoScans>> regions,
                               CommonKnowledge knowledge)
    : model_(model), regions_(std::move(regions)), knowledge_(std::move(knowledge)) {
  for (std::size_t k = 0; k < model.common(); ++k) at_.push_back(parameter(k).initial);
}

int TwoScanProblem::degrees_of_freedom() const {
  auto freedom = static_cast<int>(knowledge_.observations);
  for (std::size_t k = 0; k < model_.common(); ++k)
    if (!parameter(k).is_held()) --freedom;
  for (const auto& region : regions_)
    freedom += static_cast<int>(region->observations()) - static_cast<int>(region->fitted());
  return freedom;
}

TwoScanProblem::State TwoScanProblem::state() const {
  State state{at_, {}};
  for (const auto& region : regions_) state.regions.push_back(region->at());
  return state;
}

void TwoScanProblem::restore(const State& state) {
  at_ = state.common;
  for (std::size_t r = 0; r < regions_.size(); ++r) regions_[r]->move_to(state.regions[r]);
}

double TwoScanProblem::known_cost(const std::vector<double>& common) const {
  if (knowledge_.precision.size() == 0) return 0.0;
  const Eigen::VectorXd off = as_vector(common) - knowledge_.centre;
  return off.dot(knowledge_.precision * off);
}

double TwoScanProblem::cost(const std::vector<double>& common) {
  at_ = common;
  double sum = known_cost(common);
  for (const auto& region : regions_) sum += region->cost(common);
  return sum;
}

Eigen::MatrixXd TwoScanProblem::information() const {
  const Eigen::Index count = as_index(model_.common());
  Eigen::MatrixXd information = Eigen::MatrixXd::Zero(count, count);
  if (knowledge_.precision.size() != 0) information = knowledge_.precision;
  for (const auto& region : regions_) {
    const Eigen::MatrixXd scores = region->scores();
    information += scores.transpose() * scores;
  }
  for (std::size_t k = 0; k < model_.common(); ++k) {
    if (!parameter(k).is_held()) continue;
    information.row(as_index(k)).setZero();
    information.col(as_index(k)).setZero();
  }
  return information;
}

// With information I and gradient g of the others, all but k gathered in v: their sum over the values of k is smallest
// where it is (v - c)' P (v - c), P = I_vv - I_vk I_kv / I_kk, c = v0 - P^-1 (g_v - I_vk g_k / I_kk). The gradient of
// the others is that of all, which is zero but for parameters at their bounds, less the region's. At a bound of k it
// stays there.
CommonKnowledge TwoScanProblem::without(const RegionInTwoScans& region, std::size_t k) const {
  const Eigen::Index count = as_index(model_.common());
  const Eigen::Index kth = as_index(k);
  const Eigen::MatrixXd all = information();
  const Eigen::MatrixXd own = region.scores();
  Eigen::MatrixXd others = all - own.transpose() * own;
  Eigen::VectorXd gradient = this->gradient() - own.transpose() * as_vector(region.residuals());
  constexpr double nothing = 1e-9;  // of the information of all: what rounding leaves of none
  if (others(kth, kth) > nothing * all(kth, kth) && !detail::is_at_bound(at_[k], parameter(k))) {
    const Eigen::VectorXd column = others.col(kth);
    gradient -= column * (gradient[kth] / column[kth]);
    others -= column * column.transpose() / column[kth];
  }
  CommonKnowledge knowledge{as_vector(at_), Eigen::MatrixXd::Zero(count, count), 0};
  std::vector<Eigen::Index> known;
  for (Eigen::Index j = 0; j < count; ++j)
    if (j != kth && others(j, j) > nothing * all(j, j)) known.push_back(j);
  if (known.empty()) return knowledge;
  const Eigen::VectorXd size = others(known, known).diagonal().cwiseSqrt();
  const Eigen::MatrixXd unit =
      size.cwiseInverse().asDiagonal() * others(known, known) * size.cwiseInverse().asDiagonal();
  const Eigen::VectorXd slope = size.cwiseInverse().cwiseProduct(gradient(known));
  knowledge.precision(known, known) = others(known, known);
  knowledge.centre(known) -= size.cwiseInverse().cwiseProduct(unit.completeOrthogonalDecomposition().solve(slope));
  knowledge.observations = known.size();
  return knowledge;
}

Eigen::VectorXd TwoScanProblem::gradient() const {
  Eigen::VectorXd gradient = Eigen::VectorXd::Zero(as_index(model_.common()));
  if (knowledge_.precision.size() != 0) gradient = knowledge_.precision * (as_vector(at_) - knowledge_.centre);
  for (const auto& region : regions_) gradient += region->scores().transpose() * as_vector(region->residuals());
  return gradient;
}

double TwoScanProblem::step_others(std::size_t k, double& cost_here) {
  const Eigen::Index count = as_index(model_.common());
  const Eigen::VectorXd gradient = this->gradient();
  const Eigen::MatrixXd all = information();
  std::vector<Eigen::Index> moved;
  for (Eigen::Index j = 0; j < count; ++j) {
    const Parameter& p = parameter(static_cast<std::size_t>(j));
    const double value = at_[static_cast<std::size_t>(j)];
    const bool is_pressed = (value <= p.lower && gradient[j] > 0.0) || (value >= p.upper && gradient[j] < 0.0);
    if (j != as_index(k) && !is_pressed && all(j, j) > 0.0) moved.push_back(j);
  }
  if (moved.empty()) return 0.0;
  Eigen::MatrixXd curvature(as_index(moved.size()), as_index(moved.size()));
  Eigen::VectorXd slope(as_index(moved.size()));
  for (std::size_t a = 0; a < moved.size(); ++a) {
    slope[as_index(a)] = gradient[moved[a]];
    for (std::size_t b = 0; b < moved.size(); ++b) curvature(as_index(a), as_index(b)) = all(moved[a], moved[b]);
  }
  curvature.diagonal() *= 1.0 + 1e-9;
  const Eigen::VectorXd step = curvature.ldlt().solve(-slope);
  const State from = state();
  constexpr int halvings = 8;
  double length = 1.0;
  for (int i = 0; i < halvings; ++i, length *= 0.4) {
    std::vector<double> to = from.common;
    for (std::size_t a = 0; a < moved.size(); ++a) {
      const auto j = static_cast<std::size_t>(moved[a]);
      to[j] = std::clamp(to[j] + length * step[as_index(a)], parameter(j).lower, parameter(j).upper);
    }
    const double there = cost(to);
    if (there < cost_here) {
      const double less = cost_here - there;
      cost_here = there;
      return less;
    }
    restore(from);
  }
  return 0.0;
}

double TwoScanProblem::profile_cost(std::size_t k, double value) {
  std::vector<double> common = at_;
  common[k] = value;
  double here = cost(common);
  if (model_.common() == 1 || !std::isfinite(here)) return here;
  const double small = 1e-4 / std::max(degrees_of_freedom(), 1);  // of the sum: far below what moves an interval
  constexpr int most_steps = 30;
  for (int i = 0; i < most_steps; ++i)
    if (!(step_others(k, here) > small * here)) break;
  return here;
}

double TwoScanProblem::minimise(std::size_t k, double guess, double reach) {
  const auto at = [&](double value) { return profile_cost(k, value); };
  const Parameter& range = parameter(k);
  const double here = at(guess);
  const auto edge = [&](int side) {
    const double wall = side < 0 ? range.lower : range.upper;
    for (double far = reach;; far *= 2.0) {
      const double value = side < 0 ? std::max(wall, guess - far) : std::min(wall, guess + far);
      if (value == wall || !(at(value) < here)) return value;
    }
  };
  const double lower = edge(-1);
  const double upper = edge(1);
  constexpr int bits = 24;
  const double best = boost::math::tools::brent_find_minima(at, lower, upper, bits).first;
  double least = at(best);
  // Brent's search stays inside: an optimum on a wall is found by looking there.
  for (const double wall : {range.lower, range.upper}) {
    if (wall != lower && wall != upper) continue;
    const State inside = state();
    const double there = at(wall);
    if (there <= least)
      least = there;
    else
      restore(inside);
  }
  return least;
}

double TwoScanProblem::bound(std::size_t k, const State& optimum, double step, double limit, int side) {
  restore(optimum);
  const double estimate = optimum.common[k];
  const double wall = side < 0 ? parameter(k).lower : parameter(k).upper;
  const auto excess = [&](double value) { return profile_cost(k, value) - limit; };
  // Where there is no curve, back towards those that there are: the limit may be before the last of them.
  const auto last_curve = [&](double& value, double& inside) {
    constexpr int halvings = 20;
    double beyond = infinity;
    for (int i = 0; i < halvings && !(std::isfinite(beyond) && beyond > 0.0); ++i) {
      const double middle = 0.5 * (inside + value);
      beyond = excess(middle);
      (std::isfinite(beyond) && beyond <= 0.0 ? inside : value) = middle;
    }
    return beyond;
  };
  double inside = estimate;
  for (double reach = step;; reach *= 1.6) {
    double value = side < 0 ? std::max(wall, estimate - reach) : std::min(wall, estimate + reach);
    double beyond = excess(value);
    if (!std::isfinite(beyond)) {
      beyond = last_curve(value, inside);
      if (!(std::isfinite(beyond) && beyond > 0.0)) return not_available;
    }
    if (beyond > 0.0) {
      const double at_inside = excess(inside);
      if (!(at_inside < 0.0)) return inside;
      std::uintmax_t evaluations = 40;
      const boost::math::tools::eps_tolerance<double> close(20);
      const auto root =
          side < 0 ? boost::math::tools::toms748_solve(excess, value, inside, beyond, at_inside, close, evaluations)
                   : boost::math::tools::toms748_solve(excess, inside, value, at_inside, beyond, close, evaluations);
      return 0.5 * (root.first + root.second);
    }
    if (value == wall) return side * infinity;
    inside = value;
  }
}

Interval TwoScanProblem::profile(std::size_t k, double step, double limit) {
  const State optimum = state();
  const Interval interval{bound(k, optimum, step, limit, -1), bound(k, optimum, step, limit, 1)};
  restore(optimum);
  return interval;
}

}  // namespace pet::detail
