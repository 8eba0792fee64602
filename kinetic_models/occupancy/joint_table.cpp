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

std::vector<std::string> common_regions(const TacTable& baseline,
                                        const TacTable& drug,
                                        const JointRequest& request,
                                        std::vector<std::string>& warnings) {
  std::vector<std::string> regions;
  if (!request.regions.empty()) {
    std::set<std::string> seen;
    for (const std::string& region : request.regions) {
      baseline.index_of(region);
      drug.index_of(region);
      if (region == request.reference) throw UsageError("region '" + region + "' is the reference");
      if (!seen.insert(region).second) throw UsageError("region '" + region + "' is asked for twice");
    }
    return request.regions;
  }
  for (const std::string& region : baseline.regions) {
    if (region == request.reference) continue;
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

OccupancyRow row_of(int index, const std::string& name, const JointOccupancy& found) {
  OccupancyRow row;
  row.index = index;
  row.name = name;
  double before = 0.0, after = 0.0, R1_before = 0.0, R1_after = 0.0, count = 0.0;
  for (const JointRegion& region : found.regions) {
    if (region.status == FitStatus::failed) continue;
    before += region.BPND;
    after += region.BPND_drug;
    R1_before += region.R1_baseline;
    R1_after += region.R1_drug;
    count += 1.0;
  }
  row.status = name_of(found.status);
  row.flags = found.flags;
  if (!(count > 0.0)) {
    row.extra = {std::nullopt, std::nullopt};
    return row;
  }
  row.baseline = before / count;
  row.drug = after / count;
  row.occupancy = known(found.occupancy);
  row.standard_error = known(found.standard_error);
  row.lower = found.interval.lower;
  row.upper = found.interval.upper;
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
  result.regions = common_regions(baseline, drug, request, result.warnings);
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

}  // namespace pet
