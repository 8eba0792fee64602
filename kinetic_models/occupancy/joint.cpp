// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/joint.h"

#include <Eigen/QR>
#include <algorithm>
#include <array>
#include <boost/math/tools/minima.hpp>
#include <boost/math/tools/roots.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <memory>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/detail/regression.h"
#include "kinetic_models/detail/solver.h"
#include "kinetic_models/srtm.h"
#include "libpet/error.h"

namespace pet {
namespace {

using detail::Regression;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double least_occupancy = -1.0;
constexpr double largest_negative_binding = 0.95;  // SRTM has no curve for a BPND of -1
constexpr double most_occupancy = 1.5;
enum Index : std::size_t { R1_b, k2_b, BP, R1_d, k2_d, occupancy, region_parameters };

// One curve: residuals are (C - predicted) sqrt(weight) / sigma over the frames used.
class Curve {
 public:
  Curve(const JointScan& scan, std::size_t region) : target_(scan.targets[region]), reference_(scan.reference) {
    FitOptions options;
    options.weights = scan.weights[region];
    used_ = detail::frames_used(target_, options, 4, "joint fit");
    alone_ = fit(srtm, target_, reference_, options);
    sigma_ = std::sqrt(alone_.weighted_rss / alone_.degrees_of_freedom);
  }

  bool is_usable() const { return !alone_.parameters.empty() && sigma_ >= 0.0 && std::isfinite(sigma_); }
  // Exact curves have no residual variance; any scale then does.
  void set_least_sigma(double least) { sigma_ = std::max(sigma_, least); }
  const std::vector<double>& alone() const { return alone_.parameters; }
  std::size_t frames() const { return used_.index.size(); }
  double largest() const { return *std::max_element(target_.activity.begin(), target_.activity.end()); }

  double factor(std::size_t i) const { return std::sqrt(used_.weight[i]) / sigma_; }
  void residuals(std::span<const double> R1_k2_BP, std::span<double> residuals, std::span<double> jacobian) const {
    const std::size_t all = target_.frames.size();
    std::vector<double> predicted(all);
    std::vector<double> slopes(jacobian.empty() ? 0 : 3 * all);
    predict_srtm(R1_k2_BP, reference_, predicted, slopes);
    for (std::size_t i = 0; i < frames(); ++i) {
      const std::size_t f = used_.index[i];
      residuals[i] = factor(i) * (predicted[f] - target_.activity[f]);
      for (std::size_t j = 0; j < 3 && !jacobian.empty(); ++j) jacobian[3 * i + j] = factor(i) * slopes[3 * f + j];
    }
  }
  // The same weighted prediction with another reference curve.
  Eigen::VectorXd weighted_prediction(std::span<const double> R1_k2_BP, const ReferenceRegion& reference) const {
    std::vector<double> predicted(target_.frames.size());
    predict_srtm(R1_k2_BP, reference, predicted, {});
    Eigen::VectorXd weighted(static_cast<Eigen::Index>(frames()));
    for (std::size_t i = 0; i < frames(); ++i)
      weighted[static_cast<Eigen::Index>(i)] = factor(i) * predicted[used_.index[i]];
    return weighted;
  }

 private:
  const TimeActivityCurve& target_;
  const ReferenceRegion& reference_;
  detail::FramesUsed used_;
  Fit alone_;
  double sigma_ = not_available;
};

// Both curves of a region, with its five parameters and the occupancy.
class Region {
 public:
  Region(const JointScan& baseline, const JointScan& drug, std::size_t index)
      : index_(index), baseline_(baseline, index), drug_(drug, index) {
    if (!is_usable()) return;
    for (Curve* curve : {&baseline_, &drug_}) curve->set_least_sigma(1e-9 * curve->largest());
    problem_.observations = baseline_.frames() + drug_.frames();
    const auto& [R1, k2, BPND] = srtm_parameters;
    Parameter binding = BPND;
    binding.lower = 0.0;
    const Parameter shared{"occupancy", "1", 0.5, least_occupancy, most_occupancy, -infinity, 0.5};
    problem_.parameters = {R1, k2, binding, R1, k2, shared};
    problem_.residuals = [this](std::span<const double> p, std::span<double> r, std::span<double> j) {
      evaluate(p, r, j);
    };
    const std::vector<double>& b = baseline_.alone();
    const std::vector<double>& d = drug_.alone();
    at_ = {b[0], b[1], std::max(b[2], 0.0), d[0], d[1], b[2] > 0.0 ? 1.0 - d[2] / b[2] : 0.0};
  }
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  bool is_usable() const { return baseline_.is_usable() && drug_.is_usable(); }
  std::size_t index() const { return index_; }
  const Regression& problem() const { return problem_; }
  std::size_t observations() const { return problem_.observations; }
  double own_occupancy() const { return at_[occupancy]; }
  const std::vector<double>& at() const { return at_; }
  const Curve& baseline() const { return baseline_; }
  const Curve& drug() const { return drug_; }

  // The smallest sum of squares at an occupancy, from where the last one ended.
  double cost(double value) {
    // Beyond full occupancy a binding that fitted before can be one that has no curve in the drug scan: begin lower.
    if (value > 1.0) at_[BP] = std::min(at_[BP], 0.9 * largest_negative_binding / (value - 1.0));
    const auto found = detail::constrained(problem_, at_, occupancy, value);
    if (!found) return infinity;
    at_ = found->parameters;
    converged_ = found->converged;
    return found->rss;
  }
  bool converged() const { return converged_; }

  std::vector<double> drug_parameters() const { return {at_[R1_d], at_[k2_d], (1.0 - at_[occupancy]) * at_[BP]}; }
  std::vector<double> baseline_parameters() const { return {at_[R1_b], at_[k2_b], at_[BP]}; }

  // The derivative of the residuals by the occupancy that the region's own parameters cannot make up for.
  Eigen::VectorXd score() const {
    using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    std::vector<double> residuals(observations());
    std::vector<double> jacobian(observations() * region_parameters);
    evaluate(at_, residuals, jacobian);
    const Matrix all =
        Eigen::Map<const Matrix>(jacobian.data(), static_cast<Eigen::Index>(observations()), region_parameters);
    Eigen::MatrixXd own(all.rows(), 0);
    for (std::size_t j = 0; j < occupancy; ++j) {
      if (detail::is_at_bound(at_[j], problem_.parameters[j])) continue;
      own.conservativeResize(Eigen::NoChange, own.cols() + 1);
      own.rightCols(1) = all.col(static_cast<Eigen::Index>(j));
    }
    const Eigen::VectorXd by_occupancy = all.col(occupancy);
    if (own.cols() == 0) return by_occupancy;
    return by_occupancy - own * own.colPivHouseholderQr().solve(by_occupancy);
  }

 private:
  void evaluate(std::span<const double> p, std::span<double> residuals, std::span<double> jacobian) const {
    const std::size_t b = baseline_.frames();
    const std::size_t d = drug_.frames();
    const double free = 1.0 - p[occupancy];
    const bool wants = !jacobian.empty();
    std::vector<double> of_baseline(wants ? 3 * b : 0);
    std::vector<double> of_drug(wants ? 3 * d : 0);
    const std::array<double, 3> before = {p[R1_b], p[k2_b], p[BP]};
    const std::array<double, 3> after = {p[R1_d], p[k2_d], free * p[BP]};
    if (!(after[2] > -largest_negative_binding)) {
      std::fill(residuals.begin(), residuals.end(), not_available);
      return;
    }
    baseline_.residuals(before, residuals.first(b), of_baseline);
    drug_.residuals(after, residuals.subspan(b), of_drug);
    if (!wants) return;
    std::fill(jacobian.begin(), jacobian.end(), 0.0);
    for (std::size_t i = 0; i < b; ++i)
      for (std::size_t j = 0; j < 3; ++j) jacobian[i * region_parameters + R1_b + j] = of_baseline[3 * i + j];
    for (std::size_t i = 0; i < d; ++i) {
      double* row = jacobian.data() + (b + i) * region_parameters;
      row[R1_d] = of_drug[3 * i];
      row[k2_d] = of_drug[3 * i + 1];
      row[BP] = free * of_drug[3 * i + 2];
      row[occupancy] = -p[BP] * of_drug[3 * i + 2];
    }
  }

  std::size_t index_;
  Curve baseline_;
  Curve drug_;
  Regression problem_;
  std::vector<double> at_;
  bool converged_ = true;
};

using Regions = std::vector<std::unique_ptr<Region>>;

double total_cost(Regions& regions, double value) {
  double sum = 0.0;
  for (const auto& region : regions) sum += region->cost(value);
  return sum;
}

// The regions' own occupancies, weighted by how well each knows its own.
double first_guess(const Regions& regions) {
  double sum = 0.0;
  double weights = 0.0;
  for (const auto& region : regions) {
    const double own = std::clamp(region->own_occupancy(), least_occupancy, most_occupancy);
    const double weight = region->score().squaredNorm();
    if (!std::isfinite(own) || !std::isfinite(weight)) continue;
    sum += weight * own;
    weights += weight;
  }
  return weights > 0.0 ? sum / weights : 0.5;
}

// d occupancy / d (reference activity), squared and times its variance, summed over the frames of a scan.
template <typename ScanOf, typename ParametersOf, typename Part>
double variance_of_reference(const JointScan& scan,
                             const Regions& regions,
                             double information,
                             const ScanOf& curve_of,
                             const ParametersOf& parameters_of,
                             const Part& part_of_score) {
  double variance = 0.0;
  for (std::size_t f = 0; f < scan.noise.standard_deviation.size(); ++f) {
    const double sigma = scan.noise.standard_deviation[f];
    if (!(sigma > 0.0)) continue;
    TimeActivityCurve moved = scan.reference.tac();
    moved.activity[f] += sigma;
    const ReferenceRegion reference = scan.reference.with_curve(moved);
    double change = 0.0;
    for (const auto& region : regions) {
      const Curve& curve = curve_of(*region);
      const std::vector<double> at = parameters_of(*region);
      change += part_of_score(*region).dot(curve.weighted_prediction(at, reference) -
                                           curve.weighted_prediction(at, scan.reference));
    }
    variance += std::pow(change / information, 2);
  }
  return variance;
}

double variance_of_references(const JointScan& baseline,
                              const JointScan& drug,
                              const Regions& regions,
                              double information) {
  std::vector<Eigen::VectorXd> scores(baseline.targets.size());
  for (const auto& region : regions) scores[region->index()] = region->score();
  const auto before = [&](const Region& r) -> Eigen::VectorXd {
    return scores[r.index()].head(static_cast<Eigen::Index>(r.baseline().frames()));
  };
  const auto after = [&](const Region& r) -> Eigen::VectorXd {
    return scores[r.index()].tail(static_cast<Eigen::Index>(r.drug().frames()));
  };
  return variance_of_reference(
             baseline, regions, information, [](const Region& r) -> const Curve& { return r.baseline(); },
             [](const Region& r) { return r.baseline_parameters(); }, before) +
         variance_of_reference(
             drug, regions, information, [](const Region& r) -> const Curve& { return r.drug(); },
             [](const Region& r) { return r.drug_parameters(); }, after);
}

// Where the smallest sum reaches the limit on one side of the optimum.
double bound(Regions& regions, double estimate, double step, double limit, int side) {
  const double wall = side < 0 ? least_occupancy : most_occupancy;
  const auto excess = [&](double value) { return total_cost(regions, value) - limit; };
  double inside = estimate;
  for (double reach = step;; reach *= 1.6) {
    const double value = side < 0 ? std::max(wall, estimate - reach) : std::min(wall, estimate + reach);
    const double beyond = excess(value);
    if (beyond > 0.0 && std::isfinite(beyond)) {
      const double at_inside = excess(inside);
      if (!(at_inside < 0.0)) return inside;
      std::uintmax_t evaluations = 40;
      const boost::math::tools::eps_tolerance<double> close(20);
      const auto root =
          side < 0 ? boost::math::tools::toms748_solve(excess, value, inside, beyond, at_inside, close, evaluations)
                   : boost::math::tools::toms748_solve(excess, inside, value, at_inside, beyond, close, evaluations);
      return 0.5 * (root.first + root.second);
    }
    if (value == wall || !std::isfinite(beyond)) return side * infinity;
    inside = value;
  }
}

JointRegion result_of(const Region& region) {
  JointRegion result;
  const std::vector<double>& p = region.at();
  result.R1_baseline = p[R1_b];
  result.k2_baseline = p[k2_b];
  result.BPND = p[BP];
  result.R1_drug = p[R1_d];
  result.k2_drug = p[k2_d];
  result.BPND_drug = region.drug_parameters()[2];
  result.status = region.converged() ? FitStatus::ok : FitStatus::not_converged;
  for (std::size_t j = 0; j < occupancy; ++j)
    if (detail::is_at_bound(p[j], region.problem().parameters[j])) result.status = FitStatus::at_bound;
  return result;
}

Regions usable_regions(const JointScan& baseline, const JointScan& drug) {
  Regions regions;
  for (std::size_t r = 0; r < baseline.targets.size(); ++r) {
    auto region = std::make_unique<Region>(baseline, drug, r);
    if (region->is_usable()) regions.push_back(std::move(region));
  }
  if (regions.empty()) throw bad_input("joint fit", "no region that can be fitted in both scans", "at least one");
  return regions;
}

// The smallest sum and where, narrowed down around a guess.
double best_occupancy(Regions& regions) {
  const double guess = first_guess(regions);
  double reach = 0.1;
  double lower = std::max(least_occupancy, guess - reach);
  double upper = std::min(most_occupancy, guess + reach);
  const double here = total_cost(regions, guess);
  while (lower > least_occupancy && total_cost(regions, lower) < here)
    lower = std::max(least_occupancy, guess - (reach *= 2.0));
  reach = 0.1;
  while (upper < most_occupancy && total_cost(regions, upper) < here)
    upper = std::min(most_occupancy, guess + (reach *= 2.0));
  return boost::math::tools::brent_find_minima([&](double value) { return total_cost(regions, value); }, lower, upper,
                                               24)
      .first;
}

}  // namespace

JointOccupancy fit_joint_srtm(const JointScan& baseline, const JointScan& drug, double level) {
  assert(baseline.targets.size() == drug.targets.size());
  Regions regions = usable_regions(baseline, drug);
  JointOccupancy result;
  result.regions.resize(baseline.targets.size());
  result.occupancy = best_occupancy(regions);
  result.weighted_rss = total_cost(regions, result.occupancy);
  result.degrees_of_freedom = -1;
  double information = 0.0;
  for (const auto& region : regions) {
    result.regions[region->index()] = result_of(*region);
    result.degrees_of_freedom += static_cast<int>(region->observations()) - static_cast<int>(occupancy);
    information += region->score().squaredNorm();
  }
  const double s2 = result.weighted_rss / result.degrees_of_freedom;
  const double of_targets = s2 / information;
  const double of_references = variance_of_references(baseline, drug, regions, information);
  result.standard_error = std::sqrt(of_targets + of_references);
  result.reference_share = of_references / (of_targets + of_references);
  const double factor = interval_factor(level, result.degrees_of_freedom);
  const double limit = result.weighted_rss + factor * factor * s2 * (1.0 + of_references / of_targets);
  if (std::isfinite(limit)) {
    const double step = std::clamp(factor * result.standard_error, 1e-6, 0.5);
    result.interval.lower = bound(regions, result.occupancy, step, limit, -1);
    result.interval.upper = bound(regions, result.occupancy, step, limit, 1);
  }
  result.status = FitStatus::ok;
  if (!result.interval.is_bounded()) {
    result.status = FitStatus::unidentifiable;
    result.flags.push_back("occupancy_unbounded");
  }
  if (regions.size() < baseline.targets.size()) result.flags.push_back("regions_left_out");
  if (result.occupancy > 1.0) result.flags.push_back("occupancy_above_one");
  if (result.occupancy < 0.0) result.flags.push_back("occupancy_below_zero");
  return result;
}

}  // namespace pet
