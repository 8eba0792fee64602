// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/joint.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <limits>
#include <memory>

#include "kinetic_models/detail/two_scans.h"
#include "kinetic_models/srtm.h"
#include "libpet/error.h"

namespace pet {
namespace {

using detail::RegionInTwoScans;
using detail::TwoScanProblem;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double least_occupancy = -1.0;
constexpr double largest_negative_binding = 0.95;  // SRTM has no curve for a BPND of -1
constexpr double most_occupancy = 1.5;
enum Index : std::size_t { R1_b, k2_b, BP, R1_d, k2_d, occupancy, region_parameters };

// R1, k2 and BPND of one scan; those of the drug scan have (1 - occupancy) BPND.
bool srtm_of_scan(std::size_t scan, std::span<const double> p, std::span<double> of_scan, std::span<double> slopes) {
  const bool is_drug = scan == 1;
  const double free = is_drug ? 1.0 - p[occupancy] : 1.0;
  of_scan[0] = p[is_drug ? R1_d : R1_b];
  of_scan[1] = p[is_drug ? k2_d : k2_b];
  of_scan[2] = free * p[BP];
  if (!slopes.empty()) {
    slopes[is_drug ? R1_d : R1_b] = 1.0;
    slopes[region_parameters + (is_drug ? k2_d : k2_b)] = 1.0;
    slopes[2 * region_parameters + BP] = free;
    if (is_drug) slopes[2 * region_parameters + occupancy] = -p[BP];
  }
  return of_scan[2] > -largest_negative_binding;
}

// Beyond full occupancy a binding that fitted before can be one that has no curve in the drug scan: begin lower.
void move_inside(std::vector<double>& region) {
  if (region[occupancy] > 1.0)
    region[BP] = std::min(region[BP], 0.9 * largest_negative_binding / (region[occupancy] - 1.0));
}

detail::TwoScanModel two_scan_srtm() {
  const auto& [R1, k2, BPND] = srtm_parameters;
  Parameter binding = BPND;
  binding.lower = 0.0;
  const Parameter shared{"occupancy", "1", 0.5, least_occupancy, most_occupancy, -infinity};
  return {.model = &srtm,
          .parameters = {R1, k2, binding, R1, k2, shared},
          .own = occupancy,
          .least_frames = 4,
          .of_scan = srtm_of_scan,
          .move_inside = move_inside};
}

// The regions' own occupancies, weighted by how well each knows its own.
double first_guess(const std::vector<std::unique_ptr<RegionInTwoScans>>& regions) {
  double sum = 0.0;
  double weights = 0.0;
  for (const auto& region : regions) {
    const double own = std::clamp(region->at()[occupancy], least_occupancy, most_occupancy);
    const double weight = region->scores().squaredNorm();
    if (!std::isfinite(own) || !std::isfinite(weight)) continue;
    sum += weight * own;
    weights += weight;
  }
  return weights > 0.0 ? sum / weights : 0.5;
}

// d occupancy / d (reference activity), squared and times its variance, summed over the frames of a scan.
double variance_of_reference(const JointScan& scan,
                             std::size_t which,
                             const TwoScanProblem& problem,
                             const std::vector<Eigen::VectorXd>& scores,
                             double information) {
  double variance = 0.0;
  for (std::size_t f = 0; f < scan.noise.standard_deviation.size(); ++f) {
    const double sigma = scan.noise.standard_deviation[f];
    if (!(sigma > 0.0)) continue;
    TimeActivityCurve moved = scan.reference.tac();
    moved.activity[f] += sigma;
    const ReferenceRegion reference = scan.reference.with_curve(moved);
    double change = 0.0;
    for (std::size_t r = 0; r < problem.regions().size(); ++r) {
      const RegionInTwoScans& region = *problem.regions()[r];
      const auto first = static_cast<Eigen::Index>(region.first_residual(which));
      const auto count = static_cast<Eigen::Index>(region.residuals_of(which));
      change +=
          scores[r]
              .segment(first, count)
              .dot(region.weighted_prediction(which, reference) - region.weighted_prediction(which, scan.reference));
    }
    variance += std::pow(change / information, 2);
  }
  return variance;
}

JointRegion result_of(const RegionInTwoScans& region) {
  JointRegion result;
  const std::vector<double>& p = region.at();
  result.R1_baseline = p[R1_b];
  result.k2_baseline = p[k2_b];
  result.BPND = p[BP];
  result.R1_drug = p[R1_d];
  result.k2_drug = p[k2_d];
  result.BPND_drug = region.scan_parameters(1)[2];
  result.status = region.is_at_bound() ? FitStatus::at_bound
                  : region.converged() ? FitStatus::ok
                                       : FitStatus::not_converged;
  return result;
}

std::vector<std::unique_ptr<RegionInTwoScans>> usable_regions(const detail::TwoScanModel& model,
                                                              const JointScan& baseline,
                                                              const JointScan& drug) {
  const detail::ScanCurves before{baseline.reference, baseline.targets, baseline.weights};
  const detail::ScanCurves after{drug.reference, drug.targets, drug.weights};
  std::vector<std::unique_ptr<RegionInTwoScans>> regions;
  for (std::size_t r = 0; r < baseline.targets.size(); ++r) {
    const Fit b = detail::fit_alone(srtm, before, r, {});
    const Fit d = detail::fit_alone(srtm, after, r, {});
    if (!detail::is_usable(b, baseline.targets[r]) || !detail::is_usable(d, drug.targets[r])) continue;
    regions.push_back(std::make_unique<RegionInTwoScans>(model, before, after, r, b, d));
    const std::vector<double>& p = b.parameters;
    const std::vector<double>& q = d.parameters;
    regions.back()->move_to({p[0], p[1], std::max(p[2], 0.0), q[0], q[1], p[2] > 0.0 ? 1.0 - q[2] / p[2] : 0.0});
  }
  if (regions.empty()) throw bad_input("joint fit", "no region that can be fitted in both scans", "at least one");
  return regions;
}

}  // namespace

JointOccupancy fit_joint_srtm(const JointScan& baseline, const JointScan& drug, double level) {
  assert(baseline.targets.size() == drug.targets.size());
  const detail::TwoScanModel model = two_scan_srtm();
  TwoScanProblem problem(model, usable_regions(model, baseline, drug));
  JointOccupancy result;
  result.regions.resize(baseline.targets.size());
  constexpr double reach = 0.1;
  result.weighted_rss = problem.minimise(0, first_guess(problem.regions()), reach);
  result.occupancy = problem.at().front();
  result.degrees_of_freedom = problem.degrees_of_freedom();
  std::vector<Eigen::VectorXd> scores;
  for (const auto& region : problem.regions()) {
    result.regions[region->index()] = result_of(*region);
    scores.emplace_back(region->scores().col(0));
  }
  const double information = problem.information()(0, 0);
  const double s2 = result.weighted_rss / result.degrees_of_freedom;
  const double of_targets = s2 / information;
  const double of_references = variance_of_reference(baseline, 0, problem, scores, information) +
                               variance_of_reference(drug, 1, problem, scores, information);
  result.standard_error = std::sqrt(of_targets + of_references);
  result.reference_share = of_references / (of_targets + of_references);
  const double factor = interval_factor(level, result.degrees_of_freedom);
  const double limit = result.weighted_rss + factor * factor * s2 * (1.0 + of_references / of_targets);
  if (std::isfinite(limit)) {
    const double step = std::clamp(factor * result.standard_error, 1e-6, 0.5);
    result.interval = problem.profile(0, step, limit);
  }
  result.status = FitStatus::ok;
  if (!result.interval.is_bounded()) {
    result.status = FitStatus::unidentifiable;
    result.flags.push_back(result.interval.is_followed() ? "occupancy_unbounded" : "profile_not_followed");
  }
  if (problem.regions().size() < baseline.targets.size()) result.flags.push_back("regions_left_out");
  if (result.occupancy > 1.0) result.flags.push_back("occupancy_above_one");
  if (result.occupancy < 0.0) result.flags.push_back("occupancy_below_zero");
  return result;
}

}  // namespace pet
