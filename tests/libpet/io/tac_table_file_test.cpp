// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/tac_table_file.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "libpet/error.h"
#include "libpet/io/density_table.h"
#include "libpet/io/tsv.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;
using pet::read_tac_table;
using pet::TacTable;
using pet::test::TemporaryFolder;

const fs::path reference = OCCUPET_REFERENCE_DIR;

constexpr const char* two_frames =
    "frame_start\tframe_end\tputamen\tcerebellum\n0\t60\t1000\t500\n60\t180\t2000\t800\n";

// Cells of a table by nothing but splitting at tabs and lines, for comparison.
std::vector<std::vector<std::string>> plain_cells(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    while (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    std::istringstream cells(line);
    rows.emplace_back();
    for (std::string cell; std::getline(cells, cell, '\t');) rows.back().push_back(cell);
  }
  return rows;
}

TEST_CASE("Frames are in minutes and activities in kBq/mL where the unit is stated", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_tacs.tsv", two_frames);
  folder.file("x_tacs.json", R"({"Units": "Bq/mL"})");
  const TacTable table = read_tac_table(path);
  CHECK(table.regions == std::vector<std::string>{"putamen", "cerebellum"});
  REQUIRE(table.frames.size() == 2);
  CHECK(table.frames[1] == pet::Frame{1.0, 3.0});
  CHECK(table.unit == pet::ActivityUnit::kBq_per_mL);
  CHECK(table.activity[0] == std::vector<double>{1.0, 2.0});
  CHECK(table.volume_mm3.empty());
}

TEST_CASE("Without a stated unit the numbers stay as they are and the unit is unknown", "[tac_table_file]") {
  const TemporaryFolder folder;
  const TacTable table = read_tac_table(folder.file("x_tacs.tsv", two_frames));
  CHECK(table.unit == pet::ActivityUnit::unknown);
  CHECK(table.activity[0] == std::vector<double>{1000.0, 2000.0});
  CHECK_FALSE(table.tracer.half_life_min);
}

TEST_CASE("A unit that is no concentration is refused", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_tacs.tsv", two_frames);
  folder.file("x_tacs.json", R"({"Units": "SUV"})");
  CHECK_THROWS_WITH(read_tac_table(path), Contains("x_tacs.json key 'Units': found 'SUV'"));
}

TEST_CASE("The older names of PETPrep's columns mean the same", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string older = "FrameTimesStart\tFrameTimesEnd\tputamen\n0\t60\t1\n60\t180\t2\n";
  const TacTable table = read_tac_table(folder.file("x.tsv", older));
  CHECK(table.frames[1] == pet::Frame{1.0, 3.0});
  CHECK(table.regions == std::vector<std::string>{"putamen"});
}

TEST_CASE("Columns that are known to be no region are left out", "[tac_table_file]") {
  const TemporaryFolder folder;
  const TacTable table = read_tac_table(
      folder.file("x.tsv", "frame_start\tframe_end\tframe_dur\tframe_mid\tweight\tV1\n0\t60\t60\t30\t1\t5\n"));
  CHECK(table.regions == std::vector<std::string>{"V1"});
}

TEST_CASE("Frame times come from the sidecar where the table has none", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_tacs.tsv", "putamen\n1\n2\n");
  CHECK_THROWS_WITH(read_tac_table(path), Contains("no columns of frame times"));
  folder.file("x_tacs.json", R"({"FrameTimesStart": [0, 60], "FrameDuration": [60, 120]})");
  CHECK(read_tac_table(path).frames[1] == pet::Frame{1.0, 3.0});
}

TEST_CASE("A sidecar with other frames than its table is refused", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_tacs.tsv", two_frames);
  folder.file("x_tacs.json", R"({"FrameTimesStart": [0, 60, 180]})");
  CHECK_THROWS_WITH(read_tac_table(path), Contains("found 3 frames, expected 2"));
  folder.file("x_tacs.json", R"({"FrameTimesStart": [0, 90]})");
  CHECK_THROWS_WITH(read_tac_table(path), Contains("frame 2 at 90 s, expected 60 s"));
}

TEST_CASE("Cells that are not finite numbers are refused with line and column", "[tac_table_file]") {
  const TemporaryFolder folder;
  for (const char* cell : {"n/a", "", "nan", "inf", "1,5", "abc"}) {
    INFO(cell);
    const std::string path =
        folder.file("x.tsv", std::string("frame_start\tframe_end\tputamen\n0\t60\t1\n60\t120\t") + cell + "\n");
    CHECK_THROWS_WITH(read_tac_table(path), Contains("x.tsv:3 column 'putamen': found '" + std::string(cell) + "'"));
  }
}

TEST_CASE("Frames that end before they start or overlap are refused", "[tac_table_file]") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(read_tac_table(folder.file("x.tsv", "frame_start\tframe_end\ta\n0\t60\t1\n60\t60\t1\n")),
                    Contains("x.tsv:3: found a frame from 60 to 60 s"));
  CHECK_THROWS_WITH(read_tac_table(folder.file("y.tsv", "frame_start\tframe_end\ta\n0\t60\t1\n50\t120\t1\n")),
                    Contains("y.tsv") && Contains("overlap"));
  CHECK_THROWS_WITH(read_tac_table(folder.file("z.tsv", "frame_start\tframe_end\n0\t60\n")),
                    Contains("no column of a region"));
  CHECK_THROWS_WITH(read_tac_table(folder.file("w.tsv", "frame_start\tframe_end\ta\n")), Contains("no rows"));
}

TEST_CASE("Times count from injection where the sidecar puts it elsewhere than at zero", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_tacs.tsv", "frame_start\tframe_end\ta\n90\t150\t1\n");
  folder.file("x_tacs.json", R"({"InjectionStart": 30})");
  CHECK(read_tac_table(path).frames[0] == pet::Frame{1.0, 2.0});
}

TEST_CASE("Curves corrected for decay to another time are moved to injection", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_tacs.tsv", two_frames);
  // Corrected to one half-life after injection: twice as much at injection.
  folder.file("x_tacs.json", R"({"Units": "kBq/mL", "ImageDecayCorrected": true, "ImageDecayCorrectionTime": 600,
                                 "RadionuclideHalfLife": 600})");
  CHECK(read_tac_table(path).activity[0][0] == Approx(2000.0).epsilon(1e-14));
  folder.file("x_tacs.json", R"({"ImageDecayCorrectionTime": 600})");
  CHECK_THROWS_WITH(read_tac_table(path), Contains("no half-life"));
}

TEST_CASE("Curves that are not corrected for decay are corrected frame by frame", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_tacs.tsv", two_frames);
  folder.file("x_tacs.json", R"({"Units": "kBq/mL", "ImageDecayCorrected": false, "RadionuclideHalfLife": 120})");
  // Constant activity of 1 at injection, mean over 1 to 3 min with half-life 2 min: integral of 2^(-t/2), halved.
  const double mean = (std::exp2(-0.5) - std::exp2(-1.5)) / std::log(2.0);
  CHECK(read_tac_table(path).activity[0][1] == Approx(2000.0 / mean).epsilon(1e-13));
}

TEST_CASE("Tracer, dose and half-life come from the sidecar in any of their units", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_tacs.tsv", two_frames);
  folder.file("x_tacs.json", R"({"TracerName": "MC1", "TracerRadionuclide": "[11C]", "InjectedRadioactivity": 653790,
    "InjectedRadioactivityUnits": "kBq", "InjectedMass": 2, "InjectedMassUnits": "nmol", "TracerMolecularWeight": 500,
    "TracerMolecularWeightUnits": "g/mol", "SpecificRadioactivity": 53804.5, "SpecificRadioactivityUnits": "kBq/nmol"})");
  const pet::Radiopharmaceutical tracer = read_tac_table(path).tracer;
  CHECK(tracer.name == "MC1");
  CHECK(tracer.radionuclide == "C11");
  CHECK(*tracer.half_life_min == Approx(20.33).epsilon(0.002));
  CHECK(*tracer.injected_activity_MBq == Approx(653.79).epsilon(1e-12));
  CHECK(*tracer.injected_mass_ug == Approx(1.0).epsilon(1e-12));
  CHECK(*tracer.molar_activity_GBq_per_umol == Approx(53.8045).epsilon(1e-12));
}

TEST_CASE("Amounts whose unit does not belong to them are left out", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_tacs.tsv", two_frames);
  folder.file("x_tacs.json", R"({"MolarActivity": 1.62, "MolarActivityUnits": "nmol", "InjectedRadioactivity": "n/a",
    "InjectedRadioactivityUnits": "MBq", "InjectedMass": 1.2, "InjectedMassUnits": "nmol"})");
  const pet::Radiopharmaceutical tracer = read_tac_table(path).tracer;
  CHECK_FALSE(tracer.molar_activity_GBq_per_umol);
  CHECK_FALSE(tracer.injected_activity_MBq);
  CHECK_FALSE(tracer.injected_mass_ug);
}

TEST_CASE("A half-life that contradicts the nuclide is refused", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_tacs.tsv", two_frames);
  folder.file("x_tacs.json", R"({"TracerRadionuclide": "C11", "RadionuclideHalfLife": 6586.2})");
  CHECK_THROWS_WITH(read_tac_table(path), Contains("RadionuclideHalfLife") && Contains("for C11"));
}

TEST_CASE("Without a sidecar of its own a table takes unit and tracer from the image of the same scan",
          "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("sub-01_ses-a_seg-gtm_tacs.tsv", two_frames);
  folder.file("sub-01_ses-b_pet.json", R"({"Units": "kBq/mL", "TracerRadionuclide": "F18"})");
  CHECK(read_tac_table(path).unit == pet::ActivityUnit::unknown);
  folder.file("sub-01_ses-a_trc-X_pet.json", R"({"Units": "Bq/ml", "TracerRadionuclide": "C11"})");
  const TacTable table = read_tac_table(path);
  CHECK(table.unit == pet::ActivityUnit::kBq_per_mL);
  CHECK(table.activity[0][0] == 1.0);
  CHECK(table.tracer.radionuclide == "C11");
}

TEST_CASE("Two images of one session that say different things are not chosen from", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("sub-01_tacs.tsv", two_frames);
  folder.file("sub-01_run-1_pet.json", R"({"Units": "Bq/mL", "TracerRadionuclide": "C11"})");
  folder.file("sub-01_run-2_pet.json", R"({"Units": "Bq/mL", "TracerRadionuclide": "C11"})");
  CHECK(read_tac_table(path).tracer.radionuclide == "C11");
  folder.file("sub-01_run-2_pet.json", R"({"Units": "Bq/mL", "TracerRadionuclide": "F18"})");
  CHECK(read_tac_table(path).tracer.radionuclide.empty());
}

TEST_CASE("Volumes are taken by name from the morph table beside or in the folder anat", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("pet/sub-1_seg-gtm_desc-preproc_tacs.tsv", two_frames);
  folder.file("anat/sub-1_desc-preproc_seg-gtm_morph.tsv",
              "index\tname\tvolume-mm3\n8\tcerebellum\t5000.5\n9\tother\t1\n");
  TacTable table = read_tac_table(path);
  REQUIRE(table.volume_mm3.size() == 2);
  CHECK_FALSE(table.volume_mm3[0]);
  CHECK(table.volume_mm3[1] == 5000.5);
  folder.file("pet/sub-1_seg-gtm_desc-preproc_morph.tsv", "index\tname\tvolume-mm3\n1\tputamen\t7\n");
  table = read_tac_table(path);
  CHECK(table.volume_mm3[0] == 7.0);
}

TEST_CASE("Volumes are read alike under both names of their column", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("s_tacs.tsv", two_frames);
  for (const std::string column : {"volume-mm3", "volume_mm3"}) {
    const std::string morph = folder.file("s_morph.tsv", "name\t" + column + "\nputamen\t0\ncerebellum\t5000.5\n");
    const std::vector<pet::RegionVolume> volumes = pet::region_volumes(pet::Tsv::read(morph));
    REQUIRE(volumes.size() == 1);  // nothing is known of a region without volume
    CHECK(volumes.front().name == "cerebellum");
    CHECK(volumes.front().volume_mm3 == 5000.5);
    const TacTable table = read_tac_table(path);
    CHECK_FALSE(table.volume_mm3[0]);
    CHECK(table.volume_mm3[1] == 5000.5);
    folder.file("s_morph.tsv", "name\t" + column + "\nputamen\t7\nputamen\t8\n");
    CHECK_THROWS_WITH(read_tac_table(path), Contains("s_morph.tsv:3") && Contains("region 'putamen' again"));
  }
}

TEST_CASE("A written table reads back with unit, tracer and volumes", "[tac_table_file]") {
  TacTable table;
  table.frames = pet::Frames({{0.0, 10.0 / 60.0}, {10.0 / 60.0, 1.0}, {2.0, 3.0}});
  table.regions = {"Left-Putamen", "cortex lh"};
  table.activity = {{0.1, 1.0 / 3.0, -2.5}, {0.0, 1e-7, 12.25}};
  table.volume_mm3 = {std::nullopt, 123.5};
  table.unit = pet::ActivityUnit::kBq_per_mL;
  table.tracer = {"[11C]Cimbi-36", "C11", 20.334, 512.25, 0.75, 210.0};
  const TemporaryFolder folder;
  const pet::Provenance provenance{.command_line = "pet-tac x", .inputs = {{"x.nii", std::string(64, 'a')}}};
  const std::string path = folder.file("s_tacs.tsv", pet::tac_table_text(table));
  folder.file("s_tacs.json", pet::tac_sidecar_text(table, provenance, R"({"Extra": 1.5})"));
  folder.file("s_morph.tsv", pet::morph_table_text(table, {12, 1003}));

  const TacTable back = read_tac_table(path);
  CHECK(back.regions == table.regions);
  CHECK(back.unit == table.unit);
  CHECK(back.tracer.name == "[11C]Cimbi-36");
  CHECK(*back.tracer.half_life_min == Approx(20.334).epsilon(1e-14));
  CHECK(*back.tracer.injected_activity_MBq == Approx(512.25).epsilon(1e-14));
  CHECK(*back.tracer.injected_mass_ug == Approx(0.75).epsilon(1e-14));
  CHECK(*back.tracer.molar_activity_GBq_per_umol == Approx(210.0).epsilon(1e-14));
  CHECK(back.volume_mm3 == table.volume_mm3);
  CHECK(back.frames.has_gap_after(1));
  for (std::size_t r = 0; r < 2; ++r)
    for (std::size_t f = 0; f < 3; ++f) CHECK(back.activity[r][f] == Approx(table.activity[r][f]).epsilon(1e-15));
  const std::string sidecar = pet::test::content_of(folder / "s_tacs.json");
  CHECK_THAT(sidecar, Contains("\"Extra\": 1.5") && Contains("pet-tac x") && Contains(std::string(64, 'a')));
}

TEST_CASE("A table of unknown unit is written as it was read", "[tac_table_file]") {
  const TemporaryFolder folder;
  const TacTable table = read_tac_table(folder.file("x_tacs.tsv", two_frames));
  CHECK(pet::tac_table_text(table) == two_frames);
  // Beside an image with a unit, too, it stays unknown.
  folder.file("sub-1_pet.json", R"({"Units": "Bq/mL"})");
  const std::string path = folder.file("sub-1_tacs.tsv", pet::tac_table_text(table));
  folder.file("sub-1_tacs.json", pet::tac_sidecar_text(table, {}, "{}"));
  CHECK(read_tac_table(path).unit == pet::ActivityUnit::unknown);
}

TEST_CASE("Every curve table among the reference data reads with the values in the file",
          "[tac_table_file][reference]") {
  if (!fs::is_directory(reference)) {
    WARN("no reference data: skipped");
    return;
  }
  int files = 0;
  for (const char* set :
       {"ds001420_dasb", "ds004869_mc1", "ds005619_sf51", "pbr28", "synthetic", "analytic_2tcm", "bids_examples"}) {
    for (const auto& entry : fs::recursive_directory_iterator(reference / set)) {
      if (!entry.path().filename().string().ends_with("_tacs.tsv")) continue;
      INFO(entry.path());
      ++files;
      const auto cells = plain_cells(entry.path());
      const TacTable table = read_tac_table(entry.path().string());
      REQUIRE(table.frames.size() == cells.size() - 1);
      REQUIRE(table.regions.size() == cells[0].size() - 2);
      CHECK(table.unit == pet::ActivityUnit::kBq_per_mL);
      for (std::size_t f = 0; f < table.frames.size(); ++f) {
        CHECK(table.frames[f].start_min * 60.0 == Approx(std::stod(cells[f + 1][0])).margin(1e-9));
        CHECK(table.frames[f].end_min * 60.0 == Approx(std::stod(cells[f + 1][1])).margin(1e-9));
        for (std::size_t r = 0; r < table.regions.size(); ++r)
          REQUIRE(table.activity[r][f] * 1000.0 ==
                  Approx(std::stod(cells[f + 1][r + 2])).epsilon(1e-14).margin(1e-300));
      }
    }
  }
  CHECK(files >= 2 + 12 + 1 + 2 + 2 + 1 + 5);
}

TEST_CASE("The sidecar of every image among the reference data gives tracer and half-life",
          "[tac_table_file][reference]") {
  if (!fs::is_directory(reference)) {
    WARN("no reference data: skipped");
    return;
  }
  int files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(reference)) {
    const std::string name = entry.path().filename();
    if (!name.ends_with("_pet.json") ||
        pet::test::content_of(entry.path()).find("TracerRadionuclide") == std::string::npos)
      continue;
    INFO(entry.path());
    ++files;
    const TemporaryFolder folder;
    const std::string path = folder.file("sub-1_tacs.tsv", two_frames);
    folder.file("sub-1_pet.json", pet::test::content_of(entry.path()));
    const TacTable table = read_tac_table(path);
    CHECK(table.unit == pet::ActivityUnit::kBq_per_mL);
    CHECK_FALSE(table.tracer.name.empty());
    CHECK((table.tracer.radionuclide == "C11" || table.tracer.radionuclide == "F18"));
    const double half_life_s = table.tracer.radionuclide == "C11" ? 1221.8 : 6586.0;
    REQUIRE(table.tracer.half_life_min);
    CHECK(*table.tracer.half_life_min * 60.0 == Approx(half_life_s).epsilon(0.005));
    REQUIRE(table.tracer.injected_activity_MBq);
    CHECK(*table.tracer.injected_activity_MBq > 10.0);
    CHECK(*table.tracer.injected_activity_MBq < 1000.0);
  }
  CHECK(files > 20);
}

TEST_CASE("The DASB tables take unit, tracer and half-life from the image", "[tac_table_file][reference]") {
  const fs::path path = reference / "ds001420_dasb" / "sub-01_ses-baseline_tacs.tsv";
  if (!fs::exists(path)) {
    WARN("no reference data: skipped");
    return;
  }
  const TacTable table = read_tac_table(path.string());
  CHECK(table.frames.size() == 32);
  CHECK(table.regions.size() == 102);
  CHECK(table.unit == pet::ActivityUnit::kBq_per_mL);
  CHECK(table.tracer.name == "DASB");
  CHECK(table.tracer.radionuclide == "C11");
  CHECK(*table.tracer.half_life_min * 60.0 == Approx(1220.0).epsilon(0.002));
  CHECK(table.tracer.injected_activity_MBq == 601.648);
  CHECK(*table.tracer.injected_mass_ug == Approx(1.55048688915159).epsilon(1e-14));
  CHECK(table.tracer.molar_activity_GBq_per_umol == 109.97);
  CHECK(table.frames[28].duration_min() * 60.0 == Approx(237.0));  // an odd length, stated by the data set
}

TEST_CASE("The MC1 tables take the dose in kBq and the half-life from the image", "[tac_table_file][reference]") {
  const fs::path path = reference / "ds004869_mc1" / "sub-01_ses-baseline_tacs.tsv";
  if (!fs::exists(path)) {
    WARN("no reference data: skipped");
    return;
  }
  const TacTable table = read_tac_table(path.string());
  CHECK(*table.tracer.injected_activity_MBq == Approx(653.79).epsilon(1e-12));
  CHECK(*table.tracer.half_life_min == Approx(1220.04 / 60.0).epsilon(1e-14));
  CHECK(table.tracer.radionuclide == "C11");
}

TEST_CASE("Frame times are read in the unit that the sidecar gives their columns", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string minutes = folder.file("x_tacs.tsv", "frame_start\tframe_end\tputamen\n0\t1\t5\n1\t3.5\t6\n");
  folder.file("x_tacs.json", R"({"frame_start": {"Units": "min"}, "frame_end": {"Units": "min"}})");
  TacTable table = read_tac_table(minutes);
  CHECK(table.frames[0] == pet::Frame{0.0, 1.0});
  CHECK(table.frames[1] == pet::Frame{1.0, 3.5});
  // The lists of a sidecar are in seconds by the standard.
  folder.file("x_tacs.json", R"({"frame_start": {"Units": "min"}, "frame_end": {"Units": "min"},
                                 "FrameTimesStart": [0, 60]})");
  CHECK(read_tac_table(minutes).frames[1] == pet::Frame{1.0, 3.5});

  const std::string mixed = folder.file("y_tacs.tsv", "FrameTimesStart\tframe_duration\tputamen\n60\t0.5\t5\n");
  folder.file("y_tacs.json", R"({"FrameTimesStart": {"Units": "s"}, "frame_duration": {"Units": "min"}})");
  CHECK(read_tac_table(mixed).frames[0] == pet::Frame{1.0, 1.5});
}

TEST_CASE("Frame times in another unit than seconds and minutes are refused", "[tac_table_file]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x_tacs.tsv", two_frames);
  folder.file("x_tacs.json", R"({"frame_end": {"Units": "ms"}})");
  CHECK_THROWS_AS(read_tac_table(path), pet::InputError);
  CHECK_THROWS_WITH(read_tac_table(path), Contains("x_tacs.json key 'frame_end/Units': found 'ms', expected s or min"));
}

TEST_CASE("A region with the name of another column is not written", "[tac_table_file]") {
  TacTable table;
  table.frames = pet::Frames({{0.0, 1.0}});
  table.activity = {{5.0}};
  for (const char* name : {"weight", "Time", "index", "duration", "frame", "Frame_Start"}) {
    INFO(name);
    table.regions = {name};
    CHECK_THROWS_AS(pet::tac_table_text(table), pet::UsageError);
    CHECK_THROWS_WITH(pet::tac_table_text(table), Contains("'" + std::string(name) + "'"));
  }
  table.regions = {"frame_of_brain"};
  CHECK(read_tac_table(TemporaryFolder().file("x.tsv", pet::tac_table_text(table))).regions == table.regions);
}

}  // namespace
