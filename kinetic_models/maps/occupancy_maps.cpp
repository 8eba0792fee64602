// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/occupancy_maps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "kinetic_models/maps/detail/voxel_emax.h"
#include "kinetic_models/maps/detail/voxel_lassen.h"
#include "kinetic_models/occupancy/from_binding.h"
#include "libpet/error.h"
#include "libpet/io/tsv.h"
#include "libpet/parallel.h"

namespace pet {
namespace {

constexpr std::size_t voxels_a_task = 4096;

void require_size(const ScanMap& map, std::size_t voxels, bool needs_errors) {
  const auto check = [&](std::size_t found) {
    if (found != voxels)
      throw bad_input(map.source, std::to_string(found) + " voxels", std::to_string(voxels) + ", those of the mask");
  };
  check(map.value.size());
  if (!map.is_ok.empty()) check(map.is_ok.size());
  if (map.standard_error.empty() && needs_errors)
    throw bad_input(map.source, "no map of standard errors", "one beside it (..._desc-stderr_mimap)");
  if (!map.standard_error.empty()) check(map.standard_error.size());
}

ParametricMaps empty_maps(std::vector<std::uint32_t> voxels, const std::vector<QuantityMap>& quantities) {
  ParametricMaps maps;
  maps.voxels = std::move(voxels);
  maps.quantities = quantities;
  const auto nothing = static_cast<float>(not_available);
  for (QuantityMap& map : maps.quantities) {
    map.value.assign(maps.voxels.size(), nothing);
    map.standard_error.assign(maps.voxels.size(), nothing);
  }
  maps.status.assign(maps.voxels.size(), FitStatus::failed);
  return maps;
}

bool is_trusted(const ScanMap& map, std::size_t voxel) {
  return map.is_ok.empty() || map.is_ok[voxel];
}

void for_each_voxel(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work) {
  parallel_for((count + voxels_a_task - 1) / voxels_a_task, threads, [&](std::size_t task) {
    const std::size_t end = std::min(count, (task + 1) * voxels_a_task);
    for (std::size_t v = task * voxels_a_task; v < end; ++v) work(v);
  });
}

Binding binding_of(const ScanMap& map, std::size_t voxel) {
  return {map.value[voxel], map.standard_error[voxel]};
}

void set(QuantityMap& map, std::size_t voxel, double value, double standard_error) {
  map.value[voxel] = static_cast<float>(value);
  map.standard_error[voxel] = static_cast<float>(standard_error);
}

void require_concentrations(const std::vector<double>& concentrations, std::size_t scans) {
  if (concentrations.size() != scans)
    throw UsageError(std::to_string(concentrations.size()) + " concentrations for " + std::to_string(scans) + " scans");
  if (scans < 3) throw UsageError("EC50 and Omax need at least three scans; there are " + std::to_string(scans));
  std::set<double> different;
  int above_zero = 0;
  for (const double c : concentrations) {
    if (!(c >= 0.0 && std::isfinite(c)))
      throw UsageError("concentration " + format_number(c) + ": it must not be negative");
    if (different.insert(c).second && c > 0.0) ++above_zero;
  }
  if (different.size() < 3 || above_zero < 2)
    throw UsageError("EC50 and Omax need at least three different concentrations, two of them above zero");
}

}  // namespace

ParametricMaps ratio_occupancy_maps(std::vector<std::uint32_t> voxels,
                                    const ScanMap& baseline,
                                    const ScanMap& drug,
                                    unsigned threads) {
  require_size(baseline, voxels.size(), true);
  require_size(drug, voxels.size(), true);
  ParametricMaps maps = empty_maps(std::move(voxels), {{"occupancy", "1", {}, {}}});
  for_each_voxel(maps.voxels.size(), threads, [&](std::size_t v) {
    const Occupancy occupancy = occupancy_from_binding(binding_of(baseline, v), binding_of(drug, v));
    maps.status[v] = occupancy.status;
    if (occupancy.status == FitStatus::failed) return;
    set(maps.quantities[0], v, occupancy.value, occupancy.standard_error);
    const bool is_sure = is_trusted(baseline, v) && is_trusted(drug, v) && std::isfinite(occupancy.standard_error);
    if (!is_sure && occupancy.status == FitStatus::ok) maps.status[v] = FitStatus::unidentifiable;
  });
  return maps;
}

ParametricMaps lassen_occupancy_maps(const Grid& grid,
                                     std::vector<std::uint32_t> voxels,
                                     const ScanMap& baseline,
                                     const ScanMap& drug,
                                     const LassenFilterOptions& options) {
  require_size(baseline, voxels.size(), false);
  require_size(drug, voxels.size(), false);
  if (!(options.radius_mm > 0.0) || !(options.noise_fwhm_mm >= 0.0))
    throw UsageError("the radius of a Lassen plot must be positive, and the smoothness of the noise not negative");
  ParametricMaps maps = empty_maps(std::move(voxels), {{"occupancy", "1", {}, {}}, {"VND", "mL/cm3", {}, {}}});
  std::vector<detail::VolumePair> pairs(maps.voxels.size());
  for (std::size_t v = 0; v < pairs.size(); ++v)
    if (is_trusted(baseline, v) && is_trusted(drug, v)) pairs[v] = {baseline.value[v], drug.value[v]};
  const detail::Neighbourhood neighbourhood(grid, maps.voxels, options.radius_mm);
  const detail::NoiseCorrelation correlation(grid, neighbourhood, options.noise_fwhm_mm);
  for_each_voxel(maps.voxels.size(), options.threads, [&](std::size_t v) {
    const detail::LocalLassen plot = detail::local_lassen(neighbourhood, correlation, pairs, v);
    maps.status[v] = plot.status;
    set(maps.quantities[0], v, plot.occupancy, plot.occupancy_se);
    set(maps.quantities[1], v, plot.VND, plot.VND_se);
  });
  return maps;
}

ParametricMaps emax_maps(std::vector<std::uint32_t> voxels,
                         const std::vector<ScanMap>& scans,
                         const std::vector<double>& concentrations,
                         const std::string& concentration_unit,
                         unsigned threads) {
  require_concentrations(concentrations, scans.size());
  for (const ScanMap& scan : scans) require_size(scan, voxels.size(), true);
  ParametricMaps maps = empty_maps(std::move(voxels),
                                   {{"EC50", concentration_unit, {}, {}}, {"Omax", "1", {}, {}}, {"BP0", "1", {}, {}}});
  for_each_voxel(maps.voxels.size(), threads, [&](std::size_t v) {
    std::vector<Binding> bindings;
    bool is_sure = true;
    for (const ScanMap& scan : scans) {
      bindings.push_back(binding_of(scan, v));
      is_sure = is_sure && is_trusted(scan, v);
    }
    const detail::VoxelEmax curve = detail::voxel_emax(concentrations, bindings);
    maps.status[v] = curve.status == FitStatus::ok && !is_sure ? FitStatus::unidentifiable : curve.status;
    set(maps.quantities[0], v, curve.EC50, curve.EC50_se);
    set(maps.quantities[1], v, curve.Omax, curve.Omax_se);
    set(maps.quantities[2], v, curve.BP0, curve.BP0_se);
  });
  return maps;
}

}  // namespace pet
