// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/occupancy_maps.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "kinetic_models/maps/detail/voxel_lassen.h"
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

namespace {

// White noise of an extended cube smoothed by a Gaussian and cut to the cube, of standard deviation `sd`.
std::vector<double> smooth_noise(int side, double fwhm_voxels, double sd, NormalNoise& normal) {
  const double width = fwhm_voxels / std::sqrt(8.0 * std::log(2.0));
  const int margin = static_cast<int>(std::ceil(3.0 * width));
  const int full = side + 2 * margin;
  std::vector<double> kernel;
  double squares = 0.0;
  for (int i = -margin; i <= margin; ++i) {
    kernel.push_back(std::exp(-0.5 * i * i / (width * width)));
    squares += kernel.back() * kernel.back();
  }
  std::array<int, 3> size = {full, full, full};
  std::vector<double> values(static_cast<std::size_t>(full) * full * full);
  for (double& value : values) value = sd * normal.next() / std::pow(squares, 1.5);
  for (std::size_t axis = 0; axis < 3; ++axis) {  // the smoothed axis comes last and is cut
    std::vector<double> smoothed;
    const int lines = size[1] * size[2];
    for (int i = 0; i < side; ++i)
      for (int line = 0; line < lines; ++line) {
        double sum = 0.0;
        for (std::size_t k = 0; k < kernel.size(); ++k)
          sum += kernel[k] * values[(static_cast<std::size_t>(i) + k) * static_cast<std::size_t>(lines) +
                                    static_cast<std::size_t>(line)];
        smoothed.push_back(sum);
      }
    // Turn the axes, so that the next one comes first.
    size = {size[1], size[2], side};
    values.resize(smoothed.size());
    for (std::size_t i = 0; i < static_cast<std::size_t>(side); ++i)
      for (std::size_t line = 0; line < static_cast<std::size_t>(lines); ++line)
        values[line * static_cast<std::size_t>(side) + i] = smoothed[i * static_cast<std::size_t>(lines) + line];
  }
  return values;
}

// Variance of the standardised error of the occupancy in the middle of cubes with smooth noise in both scans.
double variance_with_smooth_noise(double fwhm_mm, int cubes) {
  constexpr int side = 9;
  constexpr double voxel_mm = 2.0;
  const Grid grid = cube(side);
  const detail::Neighbourhood neighbourhood(grid, all_voxels(grid), 8.0);
  const detail::NoiseCorrelation correlation(grid, neighbourhood, fwhm_mm);
  const std::size_t middle = grid.voxel_count() / 2;
  NormalNoise normal(6, {static_cast<std::uint64_t>(fwhm_mm)});
  double squares = 0.0;
  for (int c = 0; c < cubes; ++c) {
    const std::vector<double> of_baseline = smooth_noise(side, fwhm_mm / voxel_mm, 0.4, normal);
    const std::vector<double> of_drug = smooth_noise(side, fwhm_mm / voxel_mm, 0.4, normal);
    std::vector<detail::VolumePair> pairs;
    for (std::size_t v = 0; v < grid.voxel_count(); ++v)
      pairs.push_back(
          {VND * (1.0 + binding_at(v)) + of_baseline[v], VND * (1.0 + (1.0 - occupancy) * binding_at(v)) + of_drug[v]});
    const detail::LocalLassen plot = detail::local_lassen(neighbourhood, correlation, pairs, middle);
    squares += std::pow((plot.occupancy - occupancy) / plot.occupancy_se, 2) / cubes;
  }
  return squares;
}

}  // namespace

TEST_CASE("Errors of local Lassen plots hold for noise that neighbours share", "[maps][occupancy]") {
  // 200 cubes: the variance is known to 10 %.
  for (const double fwhm : {4.0, 6.0}) {
    INFO(fwhm << " mm");
    CHECK(variance_with_smooth_noise(fwhm, 200) == Approx(1.0).margin(0.3));
  }
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
  // Binding that rises with the concentration is no occupancy.
  std::vector<ScanMap> rising;
  for (const float BPND : {1.0F, 1.3F, 1.4F, 1.45F}) rising.push_back({"scan", {BPND}, {0.01F}, {}});
  CHECK(emax_maps({0}, rising, {0.0, 1.0, 4.0, 16.0}, "1", 1).status.front() == FitStatus::unidentifiable);
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
  CHECK_THROWS_AS(emax_maps({0, 1}, {two, two, two}, {1.0, 1.0, 10.0}, "1", 1), UsageError);
  CHECK_THROWS_AS(emax_maps({0, 1}, {two, two, two}, {0.0, 1.0}, "1", 1), UsageError);
  CHECK_THROWS_AS(lassen_occupancy_maps(cube(2), {0, 1}, two, two, {.radius_mm = 0.0}), UsageError);
}
