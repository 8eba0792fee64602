// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/joint_two_tissue.h"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <algorithm>
#include <boost/math/distributions/fisher_f.hpp>
#include <cassert>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <optional>

#include "kinetic_models/detail/two_scans.h"
#include "kinetic_models/two_tissue.h"
#include "kinetic_models/two_tissue_vnd.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

using detail::RegionInTwoScans;
using detail::ScanCurves;
using detail::TwoScanModel;
using detail::TwoScanProblem;
using Regions = std::vector<std::unique_ptr<RegionInTwoScans>>;

constexpr double infinity = std::numeric_limits<double>::infinity();
enum Index : std::size_t { K1_b, vB_b, K1_d, vB_d, BP, k4, VND, a_b, a_d, occupancy, region_parameters };
enum Common : std::size_t { common_VND, common_a_b, common_a_d, common_occupancy };
enum ModelIndex : std::size_t { model_K1, model_BPND, model_k4, model_VND, model_vB, model_delay };

// The parameters of 2tcm-vnd in one scan.
auto volumes_of_scan(double baseline_delay, double drug_delay) {
  return [=](std::size_t scan, std::span<const double> p, std::span<double> of_scan, std::span<double> slopes) {
    const bool is_drug = scan == 1;
    const double free = is_drug ? 1.0 - p[occupancy] : 1.0;
    const Index a = is_drug ? a_d : a_b;
    of_scan[model_K1] = p[is_drug ? K1_d : K1_b];
    of_scan[model_BPND] = free * p[BP];
    of_scan[model_k4] = p[k4];
    of_scan[model_VND] = (1.0 + p[a]) * p[VND];
    of_scan[model_vB] = p[is_drug ? vB_d : vB_b];
    of_scan[model_delay] = is_drug ? drug_delay : baseline_delay;
    if (slopes.empty()) return true;
    const auto slope = [&](std::size_t of, std::size_t by) -> double& { return slopes[of * region_parameters + by]; };
    slope(model_K1, is_drug ? K1_d : K1_b) = 1.0;
    slope(model_BPND, BP) = free;
    if (is_drug) slope(model_BPND, occupancy) = -p[BP];
    slope(model_k4, k4) = 1.0;
    slope(model_VND, VND) = 1.0 + p[a];
    slope(model_VND, a) = p[VND];
    slope(model_vB, is_drug ? vB_d : vB_b) = 1.0;
    return true;
  };
}

TwoScanModel two_scan_volumes(const JointPlasmaScan& baseline,
                              const JointPlasmaScan& drug,
                              const Choice& vB,
                              bool has_plasma_error) {
  Parameter blood = vB_parameter;
  blood.held = vB.is_fitted ? not_held : vB.value.value_or(0.0);
  Parameter volume = two_tissue_vnd_parameters[model_VND];
  volume.held = not_held;
  Parameter scale{"plasma scale", "1", 0.0, -0.9, 9.0, -1.0};
  if (!has_plasma_error) scale.held = 0.0;
  return {.model = &two_tissue_vnd,
          .parameters = {K1_parameter, blood, K1_parameter, blood, two_tissue_vnd_parameters[model_BPND], k4_parameter,
                         volume, scale, scale, Parameter{"occupancy", "1", 0.5, -1.0, 1.0, -infinity}},
          .own = VND,
          .least_frames = two_tissue.least_frames,
          .of_scan = volumes_of_scan(baseline.delay_min, drug.delay_min)};
}

// A region that can be fitted, and what its curves say by themselves.
struct Candidate {
  std::size_t index;
  Fit baseline;
  Fit drug;

  double VT_baseline() const { return baseline["VT"].value; }
  double VT_drug() const { return drug["VT"].value; }
};

class JointVolumes {
 public:
  JointVolumes(const JointPlasmaScan& baseline, const JointPlasmaScan& drug, const JointPlasmaOptions& options)
      : before_{baseline.plasma, baseline.targets, baseline.weights},
        after_{drug.plasma, drug.targets, drug.weights},
        options_(options),
        vB_(options.vB) {
    if (!(options.plasma_error >= 0.0))
      throw UsageError("plasma error " + std::to_string(options.plasma_error) + ": expected a fraction, not negative");
    const bool has_blood = baseline.plasma.has_whole_blood() && drug.plasma.has_whole_blood();
    if (!vB_.is_given()) vB_.is_fitted = has_blood;
    if ((vB_.is_fitted || vB_.value.value_or(0.0) != 0.0) && !has_blood)
      throw UsageError("vB needs whole blood in the input functions of both scans");
    model_ = two_scan_volumes(baseline, drug, vB_, options.plasma_error > 0.0);
    for (std::size_t r = 0; r < baseline.targets.size(); ++r) {
      Candidate candidate{r, alone(before_, r, baseline.delay_min), alone(after_, r, drug.delay_min)};
      if (is_usable(candidate)) candidates_.push_back(std::move(candidate));
    }
    if (candidates_.empty()) throw bad_input("joint fit", "no region that can be fitted in both scans", "at least one");
  }
  JointVolumes(const JointVolumes&) = delete;
  JointVolumes& operator=(const JointVolumes&) = delete;

  const std::vector<Candidate>& candidates() const { return candidates_; }

  TwoScanProblem problem(const std::vector<Candidate>& candidates, detail::CommonKnowledge knowledge) const {
    Regions regions;
    for (const Candidate& c : candidates)
      regions.push_back(std::make_unique<RegionInTwoScans>(model_, before_, after_, c.index, c.baseline, c.drug));
    return {model_, std::move(regions), std::move(knowledge)};
  }

  // Plasma errors, before the curves are seen.
  detail::CommonKnowledge plasma_errors() const {
    if (!(options_.plasma_error > 0.0)) return {};
    detail::CommonKnowledge knowledge{Eigen::VectorXd::Zero(4), Eigen::MatrixXd::Zero(4, 4), 2};
    const double precision = 1.0 / (options_.plasma_error * options_.plasma_error);
    knowledge.precision(common_a_b, common_a_b) = knowledge.precision(common_a_d, common_a_d) = precision;
    return knowledge;
  }

  // Where the sum is smallest over several VND, with the occupancy that the volumes then have.
  double start(TwoScanProblem& problem, const std::vector<Candidate>& candidates) const;

 private:
  Fit alone(const ScanCurves& scan, std::size_t region, double delay_min) const {
    FitOptions options;
    options.vB = vB_;
    options.delay_min.value = delay_min;
    return detail::fit_alone(two_tissue, scan, region, options);
  }
  bool is_usable(const Candidate& c) const {
    return detail::is_usable(c.baseline, before_.targets[c.index]) &&
           detail::is_usable(c.drug, after_.targets[c.index]) && c.VT_baseline() > 0.0 && c.VT_drug() > 0.0;
  }
  static std::vector<std::vector<double>> own_starts(const Candidate& c, double VND_tried) {
    std::vector<std::vector<double>> starts;
    const std::vector<double>& b = c.baseline.parameters;  // K1, k2, k3, k4, vB, delay
    const std::vector<double>& d = c.drug.parameters;
    const double BPND = std::max(c.VT_baseline() / VND_tried - 1.0, 0.05);
    for (const double release : {b[3], 0.03, 0.1}) starts.push_back({b[0], b[4], d[0], d[4], BPND, release});
    return starts;
  }

  ScanCurves before_;
  ScanCurves after_;
  const JointPlasmaOptions& options_;
  Choice vB_;
  TwoScanModel model_;
  std::vector<Candidate> candidates_;
};

double JointVolumes::start(TwoScanProblem& problem, const std::vector<Candidate>& candidates) const {
  double smallest = infinity;
  for (const Candidate& c : candidates) smallest = std::min({smallest, c.VT_baseline(), c.VT_drug()});
  double least = infinity;
  std::vector<double> best;
  std::vector<std::vector<double>> best_regions;
  for (const double fraction : {0.25, 0.45, 0.65, 0.8, 0.9, 1.0, 1.15}) {
    const double tried = fraction * smallest;
    double product = 0.0;
    double square = 0.0;
    for (const Candidate& c : candidates) {
      product += (c.VT_baseline() - c.VT_drug()) * (c.VT_baseline() - tried);
      square += std::pow(c.VT_baseline() - tried, 2);
    }
    const std::vector<double> common = {tried, 0.0, 0.0, std::clamp(product / square, -0.9, 0.95)};
    double sum = 0.0;
    for (std::size_t r = 0; r < candidates.size(); ++r)
      sum += problem.regions()[r]->cost(common, own_starts(candidates[r], tried));
    if (!(sum < least)) continue;
    least = sum;
    best = common;
    best_regions.clear();
    for (const auto& region : problem.regions()) best_regions.push_back(region->at());
  }
  if (best.empty()) throw bad_input("joint fit", "no curve that the model can have", "curves of tissue");
  for (std::size_t r = 0; r < candidates.size(); ++r) problem.regions()[r]->move_to(best_regions[r]);
  problem.cost(best);
  return best[common_occupancy];
}

// The variance of a common parameter, the others free.
double variance_of(const Eigen::MatrixXd& information, std::size_t k) {
  std::vector<Eigen::Index> known;
  Eigen::Index place = -1;
  for (Eigen::Index j = 0; j < information.rows(); ++j) {
    if (j == static_cast<Eigen::Index>(k)) place = static_cast<Eigen::Index>(known.size());
    if (information(j, j) > 0.0) known.push_back(j);
  }
  if (!(information(static_cast<Eigen::Index>(k), static_cast<Eigen::Index>(k)) > 0.0)) return infinity;
  const auto n = static_cast<Eigen::Index>(known.size());
  Eigen::MatrixXd scaled(n, n);
  Eigen::VectorXd size(n);
  for (Eigen::Index a = 0; a < n; ++a) size[a] = std::sqrt(information(known[a], known[a]));
  for (Eigen::Index a = 0; a < n; ++a)
    for (Eigen::Index b = 0; b < n; ++b) scaled(a, b) = information(known[a], known[b]) / (size[a] * size[b]);
  const Eigen::FullPivLU<Eigen::MatrixXd> lu(scaled);
  if (!lu.isInvertible()) return infinity;
  return lu.inverse()(place, place) / (size[place] * size[place]);
}

// What a fit that is at its optimum says of the occupancy.
void describe(TwoScanProblem& problem, double least, double level, JointEstimate& result) {
  result.weighted_rss = least;
  result.occupancy = problem.at()[common_occupancy];
  result.degrees_of_freedom = problem.degrees_of_freedom();
  const double s2 = least / result.degrees_of_freedom;
  const double factor = interval_factor(level, result.degrees_of_freedom);
  const double variance = s2 * variance_of(problem.information(), common_occupancy);
  const Parameter& range = problem.parameter(common_occupancy);
  const bool is_at_wall = result.occupancy <= range.lower || result.occupancy >= range.upper;
  result.standard_error = is_at_wall || !std::isfinite(variance) ? not_available : std::sqrt(variance);
  const double step = std::clamp(std::isfinite(variance) ? factor * std::sqrt(variance) : 0.1, 1e-6, 0.5);
  result.interval = problem.profile(common_occupancy, step, least + factor * factor * s2);
  result.interval.upper = std::min(result.interval.upper, range.upper);  // the drug cannot take more than all
  result.status = is_at_wall ? FitStatus::at_bound : FitStatus::ok;
  if (is_at_wall) result.flags.push_back("occupancy_at_bound");
  if (!result.interval.is_bounded()) {
    result.status = FitStatus::unidentifiable;
    result.flags.push_back(result.interval.is_followed() ? "occupancy_unbounded" : "profile_not_followed");
  }
  if (result.occupancy < 0.0) result.flags.push_back("occupancy_below_zero");
}

void describe_VND(TwoScanProblem& problem, double level, JointPlasmaOccupancy& result) {
  result.VND = problem.at()[common_VND];
  const double s2 = result.weighted_rss / result.degrees_of_freedom;
  const double factor = interval_factor(level, result.degrees_of_freedom);
  const double variance = s2 * variance_of(problem.information(), common_VND);
  result.VND_se = std::isfinite(variance) ? std::sqrt(variance) : not_available;
  const double step = std::clamp(std::isfinite(variance) ? factor * std::sqrt(variance) : 0.1 * result.VND,
                                 1e-6 * result.VND, 0.5 * result.VND);
  result.VND_interval = problem.profile(common_VND, step, result.weighted_rss + factor * factor * s2);
  if (!result.VND_interval.is_bounded())
    result.flags.push_back(result.VND_interval.is_followed() ? "vnd_unbounded" : "vnd_profile_not_followed");
}

JointPlasmaRegion result_of(const RegionInTwoScans& region) {
  const std::vector<double>& p = region.at();
  return {.K1_baseline = p[K1_b],
          .K1_drug = p[K1_d],
          .vB_baseline = p[vB_b],
          .vB_drug = p[vB_d],
          .BPND = p[BP],
          .BPND_drug = (1.0 - p[occupancy]) * p[BP],
          .k4 = p[k4],
          .status = region.is_at_bound() ? FitStatus::at_bound
                    : region.converged() ? FitStatus::ok
                                         : FitStatus::not_converged};
}

// Whether the curves fit so much worse together than by themselves (where each has a residual variance of 1) that it is
// no chance: F of what the common parameters cost.
bool is_rejected(const std::vector<Candidate>& candidates, const JointEstimate& joint) {
  constexpr double level = 0.999;
  double freedom = 0.0;
  for (const Candidate& c : candidates) freedom += c.baseline.degrees_of_freedom + c.drug.degrees_of_freedom;
  const double extra = joint.degrees_of_freedom - freedom;
  if (!(extra > 0.0)) return false;
  const boost::math::fisher_f distribution(extra, freedom);
  return (joint.weighted_rss - freedom) / extra > boost::math::quantile(distribution, level);
}

JointPlasmaOwn occupancy_of_region(const JointVolumes& volumes,
                                   const Candidate& candidate,
                                   const RegionInTwoScans& in_all,
                                   const TwoScanProblem& all,
                                   double s2,
                                   double level) {
  detail::CommonKnowledge others = all.without(in_all, common_occupancy);
  others.precision /= s2;
  TwoScanProblem problem = volumes.problem({candidate}, std::move(others));
  problem.regions().front()->move_to(in_all.at());
  problem.cost(all.at());
  JointPlasmaOwn result;
  constexpr double reach = 0.1;
  const double least = problem.minimise(common_occupancy, all.at()[common_occupancy], reach);
  describe(problem, least, level, result);
  result.fit = result_of(*problem.regions().front());
  // Where one of the region's own parameters ends at a bound, so does its occupancy's standing.
  if (result.status == FitStatus::ok) result.status = result.fit.status;
  if (!(result.fit.BPND > 0.0)) {
    result.status = FitStatus::unidentifiable;
    result.flags.push_back("no_baseline_binding");
  }
  return result;
}

}  // namespace

JointPlasmaOccupancy fit_joint_two_tissue(const JointPlasmaScan& baseline,
                                          const JointPlasmaScan& drug,
                                          const JointPlasmaOptions& options,
                                          bool wants_regions,
                                          unsigned threads) {
  assert(baseline.targets.size() == drug.targets.size());
  const JointVolumes volumes(baseline, drug, options);
  const std::vector<Candidate>& candidates = volumes.candidates();
  TwoScanProblem problem = volumes.problem(candidates, volumes.plasma_errors());
  constexpr double reach = 0.1;
  const double least = problem.minimise(common_occupancy, volumes.start(problem, candidates), reach);
  JointPlasmaOccupancy result;
  describe(problem, least, options.level, result);
  describe_VND(problem, options.level, result);
  if (is_rejected(candidates, result)) {
    result.flags.push_back("model_rejected");
    if (result.status == FitStatus::ok) result.status = FitStatus::unidentifiable;
  }
  result.regions.resize(baseline.targets.size());
  for (const auto& region : problem.regions()) result.regions[region->index()] = result_of(*region);
  if (candidates.size() < baseline.targets.size()) result.flags.push_back("regions_left_out");
  if (!wants_regions) return result;
  result.of_region.resize(baseline.targets.size());
  const double s2 = least / result.degrees_of_freedom;
  parallel_for(candidates.size(), threads, [&](std::size_t c) {
    result.of_region[candidates[c].index] =
        occupancy_of_region(volumes, candidates[c], *problem.regions()[c], problem, s2, options.level);
  });
  return result;
}

}  // namespace pet
