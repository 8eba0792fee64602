// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/occupancy_maps.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "kinetic_models/maps/map_inputs.h"
#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/error.h"

using namespace pet;

namespace {

constexpr double VND = 8.0;
constexpr double occupancy = 0.6;

Grid cube(int side) {
  return {
      {side, side, side}, {0.0, 0.0, 0.0}, {Vector3{2.0, 0.0, 0.0}, Vector3{0.0, 2.0, 0.0}, Vector3{0.0, 0.0, 2.0}}};
}

// Binding that differs from voxel to voxel, between 0.4 and 2.
double binding_at(std::size_t voxel) {
  return 1.2 + 0.5 * std::sin(0.9 * static_cast<double>(voxel % 12)) +
         0.3 * std::cos(0.05 * static_cast<double>(voxel));
}

struct TwoScans {
  ScanMap baseline;
  ScanMap drug;
};

// Volumes of distribution with independent noise of one standard deviation in both scans.
TwoScans volumes(std::size_t voxels, double noise, std::uint64_t seed) {
  TwoScans scans{{"baseline.nii", {}, {}, {}}, {"drug.nii", {}, {}, {}}};
  NormalNoise normal(seed, {0});
  for (std::size_t v = 0; v < voxels; ++v) {
    const double BPND = binding_at(v);
    scans.baseline.value.push_back(static_cast<float>(VND * (1.0 + BPND) + noise * normal.next()));
    scans.drug.value.push_back(static_cast<float>(VND * (1.0 + (1.0 - occupancy) * BPND) + noise * normal.next()));
  }
  return scans;
}

double mean(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double variance_of_z(const QuantityMap& map, double truth) {
  double squares = 0.0;
  for (std::size_t v = 0; v < map.value.size(); ++v)
    squares += std::pow((map.value[v] - truth) / map.standard_error[v], 2);
  return squares / static_cast<double>(map.value.size());
}

}  // namespace

TEST_CASE("The occupancy of a voxel is one less the ratio of binding, with both errors", "[maps][occupancy]") {
  const float nan = std::nanf("");
  const ScanMap baseline{"b", {1.5F, 0.1F, nan, 1.0F}, {0.1F, 0.2F, 0.1F, 0.1F}, {true, true, true, false}};
  const ScanMap drug{"d", {0.6F, 0.05F, 0.5F, 0.5F}, {0.06F, 0.1F, 0.1F, 0.1F}, {}};
  const ParametricMaps maps = ratio_occupancy_maps({0, 1, 2, 3}, baseline, drug, 1);
  CHECK(maps.quantities[0].value[0] == Approx(0.6).epsilon(1e-6));
  CHECK(maps.quantities[0].standard_error[0] == Approx(0.4 * std::hypot(0.1 / 1.5, 0.1)).epsilon(1e-6));
  CHECK(maps.status ==
        std::vector<FitStatus>{FitStatus::ok, FitStatus::unidentifiable, FitStatus::failed, FitStatus::unidentifiable});
  CHECK(std::isnan(maps.quantities[0].value[2]));
}

TEST_CASE("Lassen plots around a voxel find occupancy and VND of exact volumes", "[maps][occupancy]") {
  const Grid grid = cube(12);
  const TwoScans scans = volumes(grid.voxel_count(), 0.0, 1);
  const ParametricMaps maps =
      lassen_occupancy_maps(grid, all_voxels(grid), scans.baseline, scans.drug, {.radius_mm = 6.0});
  REQUIRE(maps.count(FitStatus::ok) == grid.voxel_count());
  for (std::size_t v = 0; v < grid.voxel_count(); ++v) {
    REQUIRE(maps.map("occupancy").value[v] == Approx(occupancy).margin(1e-5));
    REQUIRE(maps.map("VND").value[v] == Approx(VND).epsilon(1e-4));
  }
}

TEST_CASE("Noise in both scans neither pulls the occupancy low nor is it larger than the errors say",
          "[maps][occupancy]") {
  const Grid grid = cube(24);
  const TwoScans scans = volumes(grid.voxel_count(), 1.0, 2);
  const LassenFilterOptions options{.radius_mm = 6.0, .threads = 1};
  const ParametricMaps maps = lassen_occupancy_maps(grid, all_voxels(grid), scans.baseline, scans.drug, options);
  // 13,824 overlapping plots hold some 120 independent ones: the mean is known to 0.003, the variance to 13 %.
  CHECK(mean(maps.map("occupancy").value) == Approx(occupancy).margin(0.01));
  CHECK(variance_of_z(maps.map("occupancy"), occupancy) == Approx(1.0).margin(0.3));
  CHECK(variance_of_z(maps.map("VND"), VND) == Approx(1.0).margin(0.3));
  const ParametricMaps again =
      lassen_occupancy_maps(grid, all_voxels(grid), scans.baseline, scans.drug, {.radius_mm = 6.0, .threads = 2});
  CHECK(maps.map("VND").value == again.map("VND").value);
}

TEST_CASE("Noise that neighbours share counts once", "[maps][occupancy]") {
  // Smoothed by 2 voxels of 2 mm: (1.505 x 4)^3 / 8 = 27.3 voxels have one noise.
  const Grid grid = cube(12);
  const TwoScans scans = volumes(grid.voxel_count(), 0.5, 3);
  LassenFilterOptions options{.radius_mm = 8.0};
  const auto error_of = [&](double fwhm) {
    options.noise_fwhm_mm = fwhm;
    const ParametricMaps maps = lassen_occupancy_maps(grid, all_voxels(grid), scans.baseline, scans.drug, options);
    return static_cast<double>(maps.quantities[0].standard_error[6 * 144 + 6 * 12 + 6]);
  };
  const double voxels = 257.0;  // whose centres lie within 8 mm
  const double shared = std::pow(std::sqrt(4.0 * M_PI / (8.0 * std::log(2.0))) * 4.0, 3) / 8.0;
  CHECK(shared == Approx(27.3).margin(0.1));
  CHECK(error_of(4.0) / error_of(0.0) == Approx(std::sqrt((voxels - 1.0) / (voxels / shared - 1.0))).epsilon(1e-4));
}

TEST_CASE("Where binding does not differ a Lassen plot says nothing", "[maps][occupancy]") {
  const Grid grid = cube(8);
  TwoScans scans{{"b", {}, {}, {}}, {"d", {}, {}, {}}};
  NormalNoise normal(4, {0});
  for (std::size_t v = 0; v < grid.voxel_count(); ++v) {
    scans.baseline.value.push_back(static_cast<float>(16.0 + normal.next()));
    scans.drug.value.push_back(static_cast<float>(11.2 + normal.next()));
  }
  const ParametricMaps maps =
      lassen_occupancy_maps(grid, all_voxels(grid), scans.baseline, scans.drug, {.radius_mm = 8.0});
  CHECK(maps.count(FitStatus::ok) < grid.voxel_count() / 50);
}

TEST_CASE("An Emax curve of every voxel is found from exact binding", "[maps][occupancy]") {
  const std::vector<double> concentrations = {0.0, 1.0, 4.0, 16.0};
  std::vector<ScanMap> scans;
  for (const double c : concentrations) {
    ScanMap scan{"scan", {}, {}, {}};
    for (const double EC50 : {0.5, 2.0, 10.0}) {
      scan.value.push_back(static_cast<float>(1.8 * (1.0 - 0.8 * c / (EC50 + c))));
      scan.standard_error.push_back(0.01F);
    }
    scans.push_back(scan);
  }
  const ParametricMaps maps = emax_maps({0, 1, 2}, scans, concentrations, "ug/L", 1);
  CHECK(maps.count(FitStatus::ok) == 3);
  CHECK(maps.map("EC50").unit == "ug/L");
  const std::vector<double> truth = {0.5, 2.0, 10.0};
  for (std::size_t v = 0; v < 3; ++v) {
    CHECK(maps.map("EC50").value[v] == Approx(truth[v]).epsilon(1e-4));
    CHECK(maps.map("Omax").value[v] == Approx(0.8).epsilon(1e-4));
    CHECK(maps.map("BP0").value[v] == Approx(1.8).epsilon(1e-5));
  }
}

TEST_CASE("The errors of a voxel's Emax curve are those of the scans' noise", "[maps][occupancy]") {
  const std::vector<double> concentrations = {0.0, 1.0, 3.0, 10.0, 30.0};
  constexpr std::size_t voxels = 4000;
  std::vector<ScanMap> scans;
  for (const double c : concentrations) {
    NormalNoise normal(5, {scans.size()});
    ScanMap scan{"scan", {}, std::vector<float>(voxels, 0.03F), {}};
    for (std::size_t v = 0; v < voxels; ++v)
      scan.value.push_back(static_cast<float>(1.8 * (1.0 - 0.8 * c / (3.0 + c)) + 0.03 * normal.next()));
    scans.push_back(scan);
  }
  std::vector<std::uint32_t> all(voxels);
  std::iota(all.begin(), all.end(), 0U);
  const ParametricMaps maps = emax_maps(all, scans, concentrations, "1", 0);
  CHECK(maps.count(FitStatus::ok) == voxels);
  CHECK(variance_of_z(maps.map("Omax"), 0.8) == Approx(1.0).margin(0.1));
  CHECK(variance_of_z(maps.map("EC50"), 3.0) == Approx(1.0).margin(0.15));
}

TEST_CASE("Without an effect EC50 is not identified", "[maps][occupancy]") {
  const std::vector<double> concentrations = {0.0, 1.0, 10.0};
  const ScanMap flat{"scan", {1.0F, 1.02F}, {0.05F, 0.05F}, {}};
  const ScanMap other{"scan", {1.01F, 0.99F}, {0.05F, 0.05F}, {}};
  const ParametricMaps maps = emax_maps({0, 1}, {flat, other, flat}, concentrations, "1", 1);
  CHECK(maps.count(FitStatus::ok) == 0);
}

TEST_CASE("Maps and concentrations that do not go together are refused", "[maps][occupancy]") {
  const ScanMap two{"two.nii", {1.0F, 1.0F}, {0.1F, 0.1F}, {}};
  const ScanMap three{"three.nii", {1.0F, 1.0F, 1.0F}, {0.1F, 0.1F, 0.1F}, {}};
  const ScanMap without{"without.nii", {1.0F, 1.0F}, {}, {}};
  CHECK_THROWS_WITH(ratio_occupancy_maps({0, 1}, two, three, 1), Catch::StartsWith("three.nii"));
  CHECK_THROWS_WITH(ratio_occupancy_maps({0, 1}, two, without, 1), Catch::Contains("no map of standard errors"));
  CHECK_THROWS_AS(emax_maps({0, 1}, {two, two}, {0.0, 1.0}, "1", 1), UsageError);
  CHECK_THROWS_AS(emax_maps({0, 1}, {two, two, two}, {0.0, 1.0, 1.0}, "1", 1), UsageError);
  CHECK_THROWS_AS(emax_maps({0, 1}, {two, two, two}, {0.0, 1.0, -1.0}, "1", 1), UsageError);
  CHECK_THROWS_AS(emax_maps({0, 1}, {two, two, two}, {0.0, 1.0}, "1", 1), UsageError);
  CHECK_THROWS_AS(lassen_occupancy_maps(cube(2), {0, 1}, two, two, {.radius_mm = 0.0}), UsageError);
}
