// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/regional_problem.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

#include "kinetic_models/detail/curve_statistics.h"
#include "kinetic_models/detail/index.h"
#include "libpet/error.h"
#include "libpet/io/tsv.h"

namespace pet::detail {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

RegionalProblem::RegionalProblem(const std::vector<CurveObservation>& observations,
                                 const CurveOptions& options,
                                 bool has_own_ec50)
    : observations_(observations), options_(options), concentrations_(concentrations_of(observations)) {
  collect();
  set_parameters(has_own_ec50);
}

bool RegionalProblem::shows_scan_error() const {
  return std::ranges::any_of(scans_, [](const Scan& scan) { return scan.rows.size() > 1; });
}

double RegionalProblem::sum_of_squares() const {
  double sum = 0.0;
  for (std::size_t i = 0; i < observations_.size(); ++i) sum += std::pow(root_weight_[i] * observations_[i].y, 2);
  return sum;
}

void RegionalProblem::collect() {
  std::vector<double> errors;
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    const CurveObservation& o = observations_[i];
    if (o.region.empty() || o.subject.empty())
      throw bad_input("curve of several regions", "an observation without a subject or region", "both in every one");
    errors.push_back(o.standard_error);
    auto region = std::ranges::find(regions_, o.region);
    if (region == regions_.end()) region = regions_.insert(regions_.end(), o.region);
    region_of_.push_back(static_cast<std::size_t>(region - regions_.begin()));
    const auto is_same = [&](const Scan& scan) {
      return scan.subject == o.subject && scan.session == o.session && (scan.x == o.x || !o.session.empty());
    };
    auto scan = std::ranges::find_if(scans_, is_same);
    if (scan == scans_.end()) scan = scans_.insert(scans_.end(), Scan{o.subject, o.session, o.x, {}});
    if (scan->x != o.x)
      throw bad_input("session '" + o.session + "' of '" + o.subject + "'",
                      "concentrations " + format_number(scan->x) + " and " + format_number(o.x), "one a session");
    for (const std::size_t other : scan->rows)
      if (region_of_[other] == region_of_.back())
        throw bad_input("curve of several regions",
                        "region '" + o.region + "' twice in the scan of '" + o.subject + "' at " + format_number(o.x),
                        "every region once a scan; scans are told apart by subject, session and concentration");
    scan->rows.push_back(i);
  }
  set_weights(errors);
  if (regions_.size() < 2) throw bad_input("curve of several regions", "one region", "at least 2");
  if (scans_.size() < 3) throw bad_input("curve", std::to_string(scans_.size()) + " scans", "at least 3");
}

// With a median of 1: the mean is what the few best-known observations make it.
void RegionalProblem::set_weights(const std::vector<double>& errors) {
  root_weight_ = root_weights(errors);
  std::vector<double> sorted = root_weight_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>((sorted.size() - 1) / 2);  // the lower of two
  std::ranges::nth_element(sorted, middle);
  for (double& root : root_weight_) root /= *middle;
  mean_weight_ = 1.0 / std::pow(*middle, 2);
}

void RegionalProblem::set_parameters(bool has_own_ec50) {
  constexpr double beyond_data = 1e4;
  constexpr double wide = 1e8;
  const bool is_full = options_.shape == CurveShape::emax_full || options_.shape == CurveShape::hill_full;
  const bool has_hill = options_.shape == CurveShape::hill || options_.shape == CurveShape::hill_full;
  parameters_ = {Parameter{"hill", "1", 1.0, 0.05, 20.0, 0.0}};
  if (options_.hill || !has_hill) parameters_[regional_hill].held = options_.hill.value_or(1.0);
  ec50s_ = has_own_ec50 ? regions_.size() : 1;
  for (std::size_t r = 0; r < ec50s_; ++r)
    parameters_.push_back({"EC50", "", 0.0, std::log(concentrations_.least / beyond_data),
                           std::log(concentrations_.most * beyond_data), -infinity});
  for (std::size_t r = 0; r < regions_.size(); ++r) {
    parameters_.push_back({"Omax", "", 0.8 * options_.full, 0.0, wide * options_.full, -infinity});
    if (options_.Omax || is_full) parameters_.back().held = options_.Omax.value_or(options_.full);
  }
  const std::size_t fitted = whitened(0.0).fitted();
  if (!has_own_ec50 && observations_.size() < fitted + 2)  // two variances
    throw bad_input("curve", std::to_string(observations_.size()) + " observations",
                    "at least " + std::to_string(fitted + 2) + " for " + std::to_string(fitted) + " parameters");
}

// With U = C^h / (EC50^h + C^h): dU / d log EC50 = -h U (1 - U), dU / dh = log(C / EC50) U (1 - U).
void RegionalProblem::evaluate(std::span<const double> p, VectorXd& residuals, MatrixXd& slopes) const {
  residuals.resize(as_index(observations_.size()));
  slopes = MatrixXd::Zero(as_index(observations_.size()), as_index(parameters_.size()));
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    const CurveObservation& o = observations_[i];
    const std::size_t ec50 = first_regional_ec50 + (ec50s_ > 1 ? region_of_[i] : 0);
    const std::size_t plateau = omax(region_of_[i]);
    const double above = o.x > 0.0 ? std::log(o.x) - p[ec50] : 0.0;
    const double U = o.x > 0.0 ? 1.0 / (1.0 + std::exp(-p[regional_hill] * above)) : 0.0;
    const double bend = p[plateau] * U * (1.0 - U);
    residuals[as_index(i)] = options_.E0.value.value_or(0.0) + p[plateau] * U - o.y;
    slopes(as_index(i), as_index(plateau)) = U;
    slopes(as_index(i), as_index(ec50)) = -p[regional_hill] * bend;
    slopes(as_index(i), as_index(regional_hill)) = above * bend;
  }
}

MatrixXd RegionalProblem::variance(const Scan& scan, double ratio) const {
  MatrixXd variance = MatrixXd::Constant(as_index(scan.rows.size()), as_index(scan.rows.size()), ratio);
  for (std::size_t a = 0; a < scan.rows.size(); ++a)
    variance(as_index(a), as_index(a)) += 1.0 / std::pow(root_weight_[scan.rows[a]], 2);
  return variance;
}

Regression RegionalProblem::whitened(double ratio) const {
  std::vector<Eigen::LLT<MatrixXd>> roots;
  for (const Scan& scan : scans_) roots.emplace_back(variance(scan, ratio));
  Regression regression;
  regression.parameters = parameters_;
  regression.observations = observations_.size();
  regression.residuals = [this, roots](std::span<const double> p, std::span<double> residuals,
                                       std::span<double> jacobian) {
    VectorXd raw;
    MatrixXd slopes;
    evaluate(p, raw, slopes);
    std::size_t row = 0;
    for (std::size_t s = 0; s < scans_.size(); ++s) {
      const auto lower = roots[s].matrixL();
      const VectorXd white = lower.solve(VectorXd(raw(scans_[s].rows)));
      const MatrixXd white_slopes = lower.solve(MatrixXd(slopes(scans_[s].rows, Eigen::all)));
      for (Index a = 0; a < white.size(); ++a, ++row) {
        residuals[row] = white[a];
        for (std::size_t j = 0; j < parameters_.size() && !jacobian.empty(); ++j)
          jacobian[row * parameters_.size() + j] = white_slopes(a, as_index(j));
      }
    }
  };
  return regression;
}

double RegionalProblem::log_determinant(double ratio) const {
  double sum = 0.0;
  for (const Scan& scan : scans_) sum += 2.0 * variance(scan, ratio).llt().matrixLLT().diagonal().array().log().sum();
  return sum;
}

std::vector<std::vector<double>> RegionalProblem::starts() const {
  std::vector<double> largest(regions_.size(), 0.1 * options_.full);
  std::vector<Interval> log_x(ec50s_, {infinity, -infinity});  // of the observations that an EC50 is for
  for (std::size_t i = 0; i < observations_.size(); ++i) {
    const CurveObservation& o = observations_[i];
    largest[region_of_[i]] = std::max(largest[region_of_[i]], o.y);
    if (!(o.x > 0.0)) continue;
    Interval& range = log_x[ec50s_ > 1 ? region_of_[i] : 0];
    range = {std::min(range.lower, std::log(o.x)), std::max(range.upper, std::log(o.x))};
  }
  for (Interval& range : log_x)
    if (range.lower > range.upper) range = {std::log(concentrations_.least), std::log(concentrations_.most)};
  std::vector<std::vector<double>> all;
  for (int k = 0; k <= 8; ++k)
    for (const double steepness : {1.0, 2.0}) {
      std::vector<double> start = {steepness};
      for (const auto& [least, most] : log_x) start.push_back(least + k / 8.0 * (most - least));
      start.insert(start.end(), largest.begin(), largest.end());
      all.push_back(std::move(start));
      if (parameters_[regional_hill].is_held()) break;
    }
  return all;
}

std::vector<VarianceBlock> RegionalProblem::blocks(double ratio,
                                                   std::span<const double> parameters,
                                                   const std::vector<std::size_t>& columns) const {
  VectorXd raw;
  MatrixXd slopes;
  evaluate(parameters, raw, slopes);
  std::vector<VarianceBlock> blocks;
  for (const Scan& scan : scans_) {
    const Index n = as_index(scan.rows.size());
    blocks.push_back({variance(scan, ratio).llt().solve(MatrixXd::Identity(n, n)),
                      slopes(scan.rows, columns),
                      {MatrixXd::Ones(n, n), variance(scan, 0.0)}});
  }
  return blocks;
}

}  // namespace pet::detail
