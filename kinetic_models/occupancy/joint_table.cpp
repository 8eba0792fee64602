// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/joint_table.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "kinetic_models/fit_table.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

std::optional<double> known(double value) {
  return std::isnan(value) ? std::nullopt : std::optional(value);
}

bool has(const TacTable& table, const std::string& region) {
  return std::find(table.regions.begin(), table.regions.end(), region) != table.regions.end();
}

// An empty reference: there is none.
std::vector<std::string> common_regions(const TacTable& baseline,
                                        const TacTable& drug,
                                        const std::vector<std::string>& asked_for,
                                        const std::string& reference,
                                        std::vector<std::string>& warnings) {
  std::vector<std::string> regions;
  if (!asked_for.empty()) {
    std::set<std::string> seen;
    for (const std::string& region : asked_for) {
      baseline.index_of(region);
      drug.index_of(region);
      if (region == reference) throw UsageError("region '" + region + "' is the reference");
      if (!seen.insert(region).second) throw UsageError("region '" + region + "' is asked for twice");
    }
    return asked_for;
  }
  for (const std::string& region : baseline.regions) {
    if (region == reference) continue;
    if (has(drug, region))
      regions.push_back(region);
    else
      warnings.push_back("region '" + region + "' is missing in the drug scan and left out");
  }
  for (const std::string& region : drug.regions)
    if (!has(baseline, region))
      warnings.push_back("region '" + region + "' is missing in the baseline scan and left out");
  if (regions.empty()) throw bad_input("joint fit", "no region that both scans have", "tables of the same regions");
  return regions;
}

struct Prepared {
  JointScan scan;
  bool has_noise = true;
};

Prepared prepared(const TacTable& table,
                  const std::vector<std::string>& regions,
                  const JointRequest& request,
                  WeightScheme scheme) {
  const TimeActivityCurve reference = table.curve(table.index_of(request.reference));
  const auto weights_of = [&](const std::vector<double>& activity) {
    return frame_weights(scheme, table.frames, table.tracer.half_life_min, activity);
  };
  Prepared result{{ReferenceRegion(reference, request.sampling), {}, {}, {}}, true};
  for (const std::string& region : regions) {
    result.scan.targets.push_back(table.curve(table.index_of(region)));
    result.scan.weights.push_back(weights_of(result.scan.targets.back().activity));
  }
  try {
    result.scan.noise = estimate_reference_noise(reference, weights_of(reference.activity));
  } catch (const InputError&) {
    result.has_noise = false;
  }
  return result;
}

JointScan one_region(const JointScan& scan, std::size_t region) {
  return {scan.reference, {scan.targets[region]}, {scan.weights[region]}, scan.noise};
}

OccupancyRow row_of(int index, const std::string& name, const JointEstimate& found) {
  OccupancyRow row;
  row.index = index;
  row.name = name;
  row.status = name_of(found.status);
  row.flags = found.flags;
  if (found.status == FitStatus::failed) return row;
  row.occupancy = known(found.occupancy);
  row.standard_error = known(found.standard_error);
  row.lower = found.interval.lower;
  row.upper = found.interval.upper;
  return row;
}

OccupancyRow row_of(int index, const std::string& name, const JointOccupancy& found) {
  OccupancyRow row = row_of(index, name, static_cast<const JointEstimate&>(found));
  double before = 0.0, after = 0.0, R1_before = 0.0, R1_after = 0.0, count = 0.0;
  for (const JointRegion& region : found.regions) {
    if (region.status == FitStatus::failed) continue;
    before += region.BPND;
    after += region.BPND_drug;
    R1_before += region.R1_baseline;
    R1_after += region.R1_drug;
    count += 1.0;
  }
  if (!(count > 0.0)) {
    row.extra = {std::nullopt, std::nullopt};
    return row;
  }
  row.baseline = before / count;
  row.drug = after / count;
  row.extra = {R1_before / count, R1_after / count};
  return row;
}

// A region by itself. Where one of its own parameters ends at a bound, so does its occupancy's standing.
JointOccupancy of_region(const JointScan& baseline, const JointScan& drug, std::size_t region, double level) {
  JointOccupancy alone;
  try {
    alone = fit_joint_srtm(one_region(baseline, region), one_region(drug, region), level);
  } catch (const InputError&) {
    alone.flags.push_back("optimiser_failed");
    return alone;
  }
  if (alone.status == FitStatus::ok) alone.status = alone.regions.front().status;
  if (!(alone.regions.front().BPND > 0.0) || std::isnan(alone.standard_error)) {
    alone.status = FitStatus::unidentifiable;
    alone.flags.push_back("no_baseline_binding");
  }
  return alone;
}

}  // namespace

JointResult joint_occupancy(const TacTable& baseline, const TacTable& drug, const JointRequest& request) {
  JointResult result;
  baseline.index_of(request.reference);
  drug.index_of(request.reference);
  result.regions = common_regions(baseline, drug, request.regions, request.reference, result.warnings);
  result.weights_baseline = request.weights.value_or(default_weights(baseline));
  result.weights_drug = request.weights.value_or(default_weights(drug));
  const Prepared before = prepared(baseline, result.regions, request, result.weights_baseline);
  const Prepared after = prepared(drug, result.regions, request, result.weights_drug);

  std::vector<JointOccupancy> found(result.regions.size() + 1);
  parallel_for(found.size(), request.threads, [&](std::size_t i) {
    found[i] = i == 0 ? fit_joint_srtm(before.scan, after.scan, request.level)
                      : of_region(before.scan, after.scan, i - 1, request.level);
  });
  result.joint = found.front();
  result.table.measure = "BPND";
  result.table.extra_columns = {"R1_baseline", "R1_drug"};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const int index = i == 0 ? 0 : static_cast<int>(baseline.index_of(result.regions[i - 1])) + 1;
    if (!before.has_noise || !after.has_noise) found[i].flags.push_back("reference_noise_left_out");
    result.table.rows.push_back(row_of(index, i == 0 ? "joint" : result.regions[i - 1], found[i]));
    if (found[i].status == FitStatus::failed) ++result.failed;
  }
  return result;
}

namespace {

// The curves of a scan with its plasma. A delay that is to be fitted is estimated once for the scan.
JointPlasmaScan plasma_scan(const TacTable& table,
                            const InputFunction& input,
                            const std::vector<std::string>& regions,
                            const JointPlasmaRequest& request,
                            WeightScheme scheme) {
  JointPlasmaScan scan{Plasma(input, table.frames), {}, {}, request.delay_min.value.value_or(0.0)};
  std::vector<std::size_t> indices;
  for (const std::string& region : regions) {
    indices.push_back(table.index_of(region));
    scan.targets.push_back(table.curve(indices.back()));
    scan.weights.push_back(
        frame_weights(scheme, table.frames, table.tracer.half_life_min, scan.targets.back().activity));
  }
  if (!request.delay_min.is_fitted) return scan;
  TableFitOptions options;
  options.weights = scheme;
  options.threads = request.threads;
  scan.delay_min = estimate_delay(table, input, indices, options).value;
  return scan;
}

OccupancyRow row_of_all(const JointPlasmaOccupancy& joint) {
  OccupancyRow row = row_of(0, "joint", static_cast<const JointEstimate&>(joint));
  double before = 0.0, after = 0.0, K1_before = 0.0, K1_after = 0.0, count = 0.0;
  for (const JointPlasmaRegion& region : joint.regions) {
    if (region.status == FitStatus::failed) continue;
    before += region.BPND;
    after += region.BPND_drug;
    K1_before += region.K1_baseline;
    K1_after += region.K1_drug;
    count += 1.0;
  }
  row.baseline = before / count;
  row.drug = after / count;
  row.extra = {known(joint.VND),  known(joint.VND_se), known(joint.VND_interval.lower), known(joint.VND_interval.upper),
               K1_before / count, K1_after / count};
  return row;
}

OccupancyRow row_of_region(int index, const std::string& name, const JointPlasmaOwn& own) {
  OccupancyRow row = row_of(index, name, static_cast<const JointEstimate&>(own));
  row.baseline = known(own.fit.BPND);
  row.drug = known(own.fit.BPND_drug);
  row.extra = {{}, {}, {}, {}, known(own.fit.K1_baseline), known(own.fit.K1_drug)};
  if (own.status == FitStatus::failed) row.flags.push_back("optimiser_failed");
  return row;
}

}  // namespace

JointPlasmaResult joint_occupancy(const TacTable& baseline, const TacTable& drug, const JointPlasmaRequest& request) {
  JointPlasmaResult result;
  result.regions = common_regions(baseline, drug, request.regions, "", result.warnings);
  result.weights_baseline = request.weights.value_or(default_weights(baseline));
  result.weights_drug = request.weights.value_or(default_weights(drug));
  const JointPlasmaScan before =
      plasma_scan(baseline, request.baseline, result.regions, request, result.weights_baseline);
  const JointPlasmaScan after = plasma_scan(drug, request.drug, result.regions, request, result.weights_drug);
  result.delay_baseline_min = before.delay_min;
  result.delay_drug_min = after.delay_min;
  result.joint = fit_joint_two_tissue(before, after,
                                      {.level = request.level, .vB = request.vB, .plasma_error = request.plasma_error},
                                      true, request.threads);
  result.table.measure = "BPND";
  result.table.extra_columns = {"VND", "VND_se", "VND_lower", "VND_upper", "K1_baseline", "K1_drug"};
  result.table.rows.push_back(row_of_all(result.joint));
  for (std::size_t r = 0; r < result.regions.size(); ++r) {
    const int index = static_cast<int>(baseline.index_of(result.regions[r])) + 1;
    const JointPlasmaOwn& own = result.joint.of_region[r];
    result.table.rows.push_back(row_of_region(index, result.regions[r], own));
    if (own.status == FitStatus::failed) ++result.failed;
  }
  return result;
}

}  // namespace pet
