// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/density/density_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string_view>

#include "kinetic_models/density/networks.h"
#include "kinetic_models/density/weighted_mean.h"
#include "kinetic_models/occupancy/interval.h"
#include "libpet/error.h"

namespace pet {
namespace {

constexpr double enough_covered = 0.9;

bool is_ok(const DensityRow& row) {
  return row.status == "ok";
}

void require_fraction(double value, const char* what) {
  if (!(value >= 0.0 && value <= 1.0))
    throw UsageError(std::string(what) + " " + format_number(value) + ": it must lie between 0 and 1");
}

void check(const DensityRequest& request) {
  require_fraction(request.error_correlation, "correlation of errors");
  if (request.norm_correlation) require_fraction(*request.norm_correlation, "correlation of norms");
  if (!request.groups.empty() && !request.volumes) throw UsageError("groups need the volumes of their parts");
  if (!request.factor) return;
  if (!(request.factor->value > 0.0) || !(request.factor->standard_error >= 0.0))
    throw UsageError("a Bmax factor must be positive, and its standard error not negative");
  if (!request.measure.starts_with("BP"))
    throw UsageError("a Bmax factor is for a binding potential; '" + request.measure + "' is none");
}

DensityRow row_of_region(const ParameterRow& region, std::size_t column) {
  const ParameterCell& cell = region.cells[column];
  DensityRow row{.index = region.index, .name = region.name, .kind = "region"};
  row.binding = cell.value;
  row.status = region.status.empty() ? "ok" : region.status;
  row.flags = region.flags;
  if (!cell.value) {
    row.status = "failed";
    row.flags.emplace_back("missing_binding");
  } else if (is_ok(row)) {
    row.standard_error = cell.standard_error;
  }
  return row;
}

// Regions that are taken together, with weights of sum 1.
struct Parts {
  std::vector<const DensityRow*> rows{};
  std::vector<double> weights{};
};

void scale_to_one(std::vector<double>& weights) {
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
}

void set_mean(const Parts& parts, double correlation, DensityRow& row) {
  double mean = 0.0;
  std::vector<double> errors;
  for (std::size_t i = 0; i < parts.rows.size(); ++i) {
    mean += parts.weights[i] * *parts.rows[i]->binding;
    if (parts.rows[i]->standard_error) errors.push_back(*parts.rows[i]->standard_error);
  }
  row.binding = mean;
  if (errors.size() == parts.rows.size()) row.standard_error = sd_of_sum(parts.weights, errors, correlation);
}

class Densities {
 public:
  explicit Densities(const DensityRequest& request) : request_(request) {}

  void finish(DensityRow& row, const Parts& parts) const {
    if (is_ok(row) && !row.standard_error) row.flags.emplace_back("no_standard_error");
    add_z(row, parts);
    add_bmax(row);
  }

 private:
  const Norm* norm_of(const std::string& name) const {
    const auto found =
        std::find_if(request_.norms.begin(), request_.norms.end(), [&](const Norm& norm) { return norm.name == name; });
    return found == request_.norms.end() ? nullptr : &*found;
  }

  std::optional<ExpectedBinding> expected(const std::string& name) const {
    const Norm* norm = norm_of(name);
    if (norm == nullptr) return std::nullopt;
    return expected_binding(*norm, request_.age, request_.form);
  }

  std::optional<ExpectedBinding> expected(const DensityRow& row, const Parts& parts) const {
    if (const auto own = expected(row.name)) return own;
    if (parts.rows.empty() || !request_.norm_correlation) return std::nullopt;
    std::vector<ExpectedBinding> of_parts;
    for (const DensityRow* part : parts.rows) {
      const auto norm = expected(part->name);
      if (!norm) return std::nullopt;
      of_parts.push_back(*norm);
    }
    return expected_mean(of_parts, parts.weights, *request_.norm_correlation);
  }

  void add_z(DensityRow& row, const Parts& parts) const {
    if (request_.norms.empty()) return;
    const auto norm = expected(row, parts);
    if (!norm) {
      row.flags.emplace_back("no_norm");
      return;
    }
    row.expected = norm->mean;
    if (norm->is_outside) row.flags.emplace_back("age_outside_norms");
    if (!row.binding) return;
    const ZScore score = z_score(*row.binding, row.standard_error.value_or(0.0), *norm);
    row.z = score.z;
    if (row.standard_error) row.z_se = score.standard_error;
  }

  void add_bmax(DensityRow& row) const {
    if (!request_.factor || !row.binding) return;
    row.bmax = request_.factor->value * *row.binding;
    if (!row.standard_error) return;
    row.bmax_se =
        std::hypot(request_.factor->value * *row.standard_error, request_.factor->standard_error * *row.binding);
    const double half = normal_factor(request_.level) * *row.bmax_se;
    row.bmax_lower = *row.bmax - half;
    row.bmax_upper = *row.bmax + half;
  }

  const DensityRequest& request_;
};

double volume_of(const std::vector<RegionVolume>& volumes, const std::string& region) {
  const auto found =
      std::find_if(volumes.begin(), volumes.end(), [&](const RegionVolume& v) { return v.name == region; });
  if (found == volumes.end())
    throw InputError("region '" + region + "' has no volume in the table of volumes, which weights it");
  return found->volume_mm3;
}

const DensityRow& part_named(const std::vector<DensityRow>& regions,
                             const std::string& name,
                             const std::string& group) {
  std::vector<std::string> names;
  for (const DensityRow& row : regions) {
    if (row.name == name) return row;
    names.push_back(row.name);
  }
  throw InputError("group '" + group + "': no region '" + name + "'" + suggestion(name, names));
}

Parts parts_of(const RegionGroup& group, const std::vector<DensityRow>& regions, const DensityRequest& request) {
  Parts parts;
  for (const std::string& name : group.constituents) {
    parts.rows.push_back(&part_named(regions, name, group.name));
    parts.weights.push_back(volume_of(*request.volumes, name));
  }
  scale_to_one(parts.weights);
  return parts;
}

// A group whose parts are not all ok has the status of the first that is not.
DensityRow row_of_group(const RegionGroup& group, const Parts& parts, double correlation) {
  DensityRow row{.name = group.name, .kind = "group"};
  row.status = "ok";
  for (const DensityRow* part : parts.rows)
    if (!is_ok(*part)) {
      row.status = part->status;
      row.flags.emplace_back("part_not_ok");
      return row;
    }
  set_mean(parts, correlation, row);
  return row;
}

std::vector<NetworkRegion> usable_regions(const NetworkMap& map, const std::vector<DensityRow>& regions) {
  std::vector<std::string> names;
  for (const DensityRow& row : regions) names.push_back(row.name);
  std::vector<NetworkRegion> found = network_regions(map, names);
  std::erase_if(found, [&](const NetworkRegion& region) { return !is_ok(regions[region.region]); });
  return found;
}

// The measured regions in one network; none where no part of it was measured.
Parts parts_of(const NetworkMap& map,
               std::size_t network,
               const std::vector<NetworkRegion>& found,
               const std::vector<DensityRow>& regions,
               const DensityRequest& request) {
  Parts parts;
  for (const NetworkRegion& region : found) {
    const double fraction = network_fraction(map, region, network);
    if (!(fraction > 0.0)) continue;
    const DensityRow& row = regions[region.region];
    parts.rows.push_back(&row);
    parts.weights.push_back(fraction * (request.volumes ? volume_of(*request.volumes, row.name) : region.size));
  }
  scale_to_one(parts.weights);
  return parts;
}

DensityRow row_of_network(const std::string& name, const Parts& parts, double covered, double correlation) {
  DensityRow row{.name = name, .kind = "network"};
  row.covered = covered;
  row.status = parts.rows.empty() ? "failed" : "ok";
  if (covered < enough_covered) row.flags.emplace_back("network_incomplete");
  if (!parts.rows.empty()) set_mean(parts, correlation, row);
  return row;
}

}  // namespace

DensityTable density_of_regions(const ParameterTable& binding, const DensityRequest& request) {
  check(request);
  const std::size_t column = binding.column(request.measure);
  const std::string unit = column < binding.units.size() ? binding.units[column] : "";
  const Densities densities(request);
  std::vector<DensityRow> regions;
  for (const ParameterRow& region : binding.rows) regions.push_back(row_of_region(region, column));
  std::vector<DensityRow> merged;
  for (const RegionGroup& group : request.groups) {
    const Parts parts = parts_of(group, regions, request);
    densities.finish(merged.emplace_back(row_of_group(group, parts, request.error_correlation)), parts);
  }
  if (request.networks) {
    const std::vector<NetworkRegion> found = usable_regions(*request.networks, regions);
    for (std::size_t n = 0; n < request.networks->networks.size(); ++n) {
      const Parts parts = parts_of(*request.networks, n, found, regions, request);
      const double covered = network_coverage(*request.networks, found, n);
      densities.finish(
          merged.emplace_back(row_of_network(request.networks->networks[n], parts, covered, request.error_correlation)),
          parts);
    }
  }
  for (DensityRow& row : regions) densities.finish(row, {});
  DensityTable table{.measure = request.measure, .unit = unit, .rows = std::move(regions)};
  for (DensityRow& row : merged) {
    row.index = static_cast<int>(table.rows.size()) + 1;
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace pet
