// SPDX-License-Identifier: Apache-2.0
// Maps of occupancy from maps that were written as pet-map writes them.
#include <cmath>

#include "libpet/io/nifti.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

const Grid grid{{6, 5, 4}, {-10.0, 0.0, 5.0}, {Vector3{2.0, 0.0, 0.0}, Vector3{0.0, 2.0, 0.0}, Vector3{0.0, 0.0, 3.0}}};

void write_map(const Workplace& here, const std::string& name, const Grid& on, const std::vector<float>& values) {
  write_nifti_volume(on, values, here.path / name);
}

// Binding of 2 and, with a drug at some concentration, 2 (1 - 0.8 c / (2 + c)); the last voxel is outside.
void write_scan(const Workplace& here, const std::string& name, double concentration) {
  const double BPND = 2.0 * (1.0 - 0.8 * concentration / (2.0 + concentration));
  std::vector<float> values(grid.voxel_count(), static_cast<float>(BPND));
  std::vector<float> errors(grid.voxel_count(), 0.05F);
  values.back() = errors.back() = 0.0F;
  write_map(here, name + "_model-SRTM_meas-BPND_mimap.nii", grid, values);
  write_map(here, name + "_model-SRTM_meas-BPND_desc-stderr_mimap.nii", grid, errors);
}

std::string map_of(const std::string& name) {
  return name + "_model-SRTM_meas-BPND_mimap.nii";
}

}  // namespace

TEST_CASE("pet-occupancy-map writes occupancy, its error and its status with sidecars", "[pet-occupancy-map]") {
  const Workplace here;
  write_scan(here, "base", 0.0);
  write_scan(here, "drug", 6.0);
  const CommandResult result = here.run("pet-occupancy-map --baseline " + map_of("base") + " --drug " + map_of("drug") +
                                        " --uncompressed -o out");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const VolumeMap occupancy = read_volume_map(here.path / "out_model-Ratio_meas-occupancy_mimap.nii");
  CHECK(same_grid(occupancy.grid, grid));
  CHECK(occupancy.voxels.front() == Approx(0.6));
  CHECK(occupancy.voxels.back() == 0.0F);
  const VolumeMap error = read_volume_map(here.path / "out_model-Ratio_meas-occupancy_desc-stderr_mimap.nii");
  CHECK(error.voxels.front() == Approx(0.4 * std::hypot(0.05 / 2.0, 0.05 / 0.8)).epsilon(1e-5));
  CHECK(read_label_map(here.path / "out_model-Ratio_meas-status_mimap.nii").labels.front() == 1);
  const std::string sidecar = here.read("out_model-Ratio_meas-occupancy_mimap.json");
  for (const char* text : {"base_model-SRTM_meas-BPND_desc-stderr_mimap.nii", "CommandLine", "\"Units\": \"1\""})
    CHECK_THAT(sidecar, Catch::Contains(text));
}

TEST_CASE("A voxel outside of the mask of a scan has no occupancy", "[pet-occupancy-map]") {
  const Workplace here;
  write_scan(here, "base", 0.0);
  write_scan(here, "drug", 6.0);
  std::vector<std::int32_t> all(grid.voxel_count(), 1);
  write_label_map({grid, all, {}, {}}, here.path / "mask.nii");
  REQUIRE(here.run("pet-occupancy-map --baseline " + map_of("base") + " --drug " + map_of("drug") +
                   " --mask mask.nii --uncompressed -o out")
              .status == 0);
  CHECK(std::isnan(read_volume_map(here.path / "out_model-Ratio_meas-occupancy_mimap.nii").voxels.back()));
  CHECK(read_label_map(here.path / "out_model-Ratio_meas-status_mimap.nii").labels.back() == 5);
}

TEST_CASE("pet-occupancy-map gives EC50 and Omax of scans at several concentrations", "[pet-occupancy-map]") {
  const Workplace here;
  write_scan(here, "base", 0.0);
  for (const double c : {1.0, 3.0, 12.0}) write_scan(here, "drug" + std::to_string(static_cast<int>(c)), c);
  const CommandResult result = here.run("pet-occupancy-map --method emax --baseline " + map_of("base") + " --drug " +
                                        map_of("drug1") + " --drug " + map_of("drug3") + " --drug " + map_of("drug12") +
                                        " --concentrations 1,3,12 --concentration-unit ug/L -o out");
  INFO(result.err);
  REQUIRE(result.status == 0);
  CHECK(read_volume_map(here.path / "out_model-Emax_meas-EC50_mimap.nii.gz").voxels.front() ==
        Approx(2.0).epsilon(1e-4));
  CHECK(read_volume_map(here.path / "out_model-Emax_meas-Omax_mimap.nii.gz").voxels.front() ==
        Approx(0.8).epsilon(1e-4));
  CHECK_THAT(here.read("out_model-Emax_meas-EC50_mimap.json"), Catch::Contains("\"Units\": \"ug/L\""));
}

TEST_CASE("pet-occupancy-map refuses what it cannot use with one line", "[pet-occupancy-map]") {
  const Workplace here;
  write_scan(here, "base", 0.0);
  write_scan(here, "drug", 6.0);
  Grid other = grid;
  other.origin_mm[0] += 1.0;
  write_map(here, "moved_mimap.nii", other, std::vector<float>(grid.voxel_count(), 1.0F));
  write_map(here, "plain_mimap.nii", grid, std::vector<float>(grid.voxel_count(), 1.0F));
  write_map(here, "empty_mimap.nii", grid, std::vector<float>(grid.voxel_count(), 0.0F));
  write_label_map({grid, std::vector<std::int32_t>(grid.voxel_count(), 0), {}, {}}, here.path / "mask.nii");
  const std::size_t before = here.files().size();
  const auto refused = [&](const std::string& arguments, int status) {
    const CommandResult result = here.run("pet-occupancy-map " + arguments + " -o out");
    INFO(arguments << ": " << result.err);
    CHECK(result.status == status);
    CHECK(is_one_line(result.err));
    CHECK(here.files().size() == before);
  };
  const std::string both = "--baseline " + map_of("base") + " --drug " + map_of("drug");
  refused("--drug " + map_of("drug"), 2);
  refused(both + " --drug " + map_of("drug"), 2);
  refused(both + " --radius 8", 2);
  refused(both + " --method emax --concentrations 1", 2);
  refused(both + " --method emax --concentrations 1,2", 2);
  refused(both + " --method lassen --radius 8", 2);       // no --noise-fwhm
  refused(both + " --method lassen --noise-fwhm 0", 65);  // maps of BPND
  refused(both + " --tracer UCB-J", 2);                   // a tracer of change
  refused("--baseline " + map_of("base") + " --drug " + map_of("base"), 65);
  refused("--method lassen --noise-fwhm 0 --radius 0 --baseline plain_mimap.nii --drug empty_mimap.nii", 2);
  refused("--baseline " + map_of("base") + " --drug moved_mimap.nii", 65);
  refused("--baseline " + map_of("base") + " --drug plain_mimap.nii", 65);
  refused("--baseline empty_mimap.nii --drug " + map_of("drug"), 65);
  refused(both + " --mask mask.nii", 65);
  refused("--baseline absent.nii --drug " + map_of("drug"), 66);
}
