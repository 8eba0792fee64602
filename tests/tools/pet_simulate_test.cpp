// SPDX-License-Identifier: Apache-2.0
// Runs pet-simulate on a small study and reads back what it wrote.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "libpet/decay.h"
#include "libpet/dicom/pet_image.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/nifti.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/io/tsv.h"
#include "libpet/labels.h"
#include "tests/libpet/study_text.h"
#include "tests/run_command.h"

namespace {

namespace fs = std::filesystem;

const std::string simulate = PET_SIMULATE;

// A folder of its own, removed at the end.
struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "occupet-simulate-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  std::string study(const nlohmann::json& study) const {
    std::ofstream(path / "study.json") << study.dump(1);
    return (path / "study.json").string();
  }
};

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::map<std::string, std::string> contents(const fs::path& folder) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) files[fs::relative(entry.path(), folder).string()] = content(entry.path());
  return files;
}

const std::string baseline = "ses-baseline/sub-01_ses-baseline_trc-X";
const std::string drug = "ses-drug/sub-01_ses-drug_trc-X";

}  // namespace

TEST_CASE("pet-simulate writes a study that reads back as it was simulated") {
  const Folder folder;
  const fs::path out = folder.path / "out";
  const CommandResult result =
      run_command(simulate + " " + folder.study(pet::test::small_study()) + " -q -o " + out.string());
  INFO(result.err);
  REQUIRE(result.status == 0);
  CHECK(result.out.empty());

  for (const std::string& session : {baseline, drug}) {
    const fs::path series = (out / session).parent_path() / "dicom";
    CHECK(std::distance(fs::directory_iterator(series), fs::directory_iterator()) == 10 * 6);
    const pet::DynamicImage image = pet::read_pet_series(series);
    const pet::LabelMap labels = pet::read_label_map(out / (session + "_seg-phantom_dseg.nii.gz"));
    const pet::LabelMap segments = pet::read_dicom_segmentation(out / (session + "_seg-phantom_dseg.dcm"));
    CHECK(pet::align_labels(segments, image.grid, "segmentation").labels ==
          pet::align_labels(labels, image.grid, "label map").labels);
    CHECK(segments.names == std::map<std::int32_t, std::string>{{1, "cerebellum"}, {2, "cortex"}});
    CHECK(pet::read_label_names((out / (session + "_seg-phantom_dseg.tsv")).string()) == segments.names);
    const pet::TacTable read = pet::extract_tacs(image, labels, 1);
    const pet::TacTable written = pet::read_tac_table(out / (session + "_seg-phantom_tacs.tsv"));
    REQUIRE(read.regions.size() == written.regions.size());
    REQUIRE(read.frames.size() == 10);
    for (std::size_t f = 0; f < 10; ++f) {
      CHECK(read.frames[f].start_min == Approx(written.frames[f].start_min).margin(1e-6));
      // A slice of maximum M is stored in steps of M / 32767; a voxel is off by half a step at most.
      const auto values = image.frame(f);
      const double largest = *std::max_element(values.begin(), values.end());
      for (std::size_t r = 0; r < read.regions.size(); ++r)
        CHECK(std::abs(read.activity[r][f] - written.activity[r][f]) <= 0.55 * largest / 32767.0 + 1e-9);
    }
    CHECK(image.tracer.half_life_min.value() == Approx(20.0));
    CHECK(image.tracer.injected_activity_MBq.value() == Approx(session == drug ? 200.0 : 400.0));
  }
}

TEST_CASE("The sessions of a study are series of their own in one frame of reference") {
  const Folder folder;
  const fs::path out = folder.path / "out";
  REQUIRE(run_command(simulate + " " + folder.study(pet::test::small_study()) + " -q -o " + out.string()).status == 0);
  const std::vector<pet::SeriesSummary> found = pet::summarize_pet_series({out}, 1);
  REQUIRE(found.size() == 2);
  for (const pet::SeriesSummary& series : found) {
    CHECK(series.files == 60);
    CHECK(series.problems.empty());
  }
  CHECK(found[0].series_uid != found[1].series_uid);
  CHECK(pet::read_pet_series(out / "ses-baseline" / "dicom").frame_of_reference_uid ==
        pet::read_pet_series(out / "ses-drug" / "dicom").frame_of_reference_uid);
}

TEST_CASE("A simulated scan that crosses midnight keeps its frame times") {
  const Folder folder;
  const fs::path out = folder.path / "out";
  REQUIRE(run_command(simulate + " " + folder.study(pet::test::small_study()) + " -q -o " + out.string()).status == 0);
  // Injected at 23:55 and 10 min long: the last frames are on the next day.
  const pet::DynamicImage image = pet::read_pet_series(out / "ses-baseline" / "dicom");
  CHECK(image.time_zero.substr(0, 19) == "2026-01-31T23:55:00");
  CHECK(image.frames.back().start_min == Approx(8.0));
  CHECK(image.frames.back().end_min == Approx(10.0));
  CHECK(image.frames.gap_count() == 1);
}

TEST_CASE("pet-simulate writes the same bytes again, for any number of threads") {
  const Folder folder;
  const fs::path out = folder.path / "out";
  const std::string command = simulate + " " + folder.study(pet::test::small_study()) + " -q -o " + out.string();
  REQUIRE(run_command(command + " -j 1").status == 0);
  const auto first = contents(out);
  fs::remove_all(out);
  REQUIRE(run_command(command + " -j 4").status == 0);
  const auto second = contents(out);
  REQUIRE(first.size() > 120);
  for (const auto& [name, bytes] : first) {
    INFO(name);
    REQUIRE(second.count(name) == 1);
    CHECK(second.at(name) == bytes);
  }
  CHECK(second.size() == first.size());
}

TEST_CASE("Another seed changes noise and identifiers, not the truth") {
  const Folder folder;
  const std::string study = folder.study(pet::test::small_study());
  const fs::path a = folder.path / "a";
  const fs::path b = folder.path / "b";
  REQUIRE(run_command(simulate + " " + study + " -q -o " + a.string()).status == 0);
  REQUIRE(run_command(simulate + " " + study + " -q --seed 8 -o " + b.string()).status == 0);
  CHECK(content(a / "truth.tsv") == content(b / "truth.tsv"));
  CHECK(content(a / (baseline + "_seg-phantom_desc-truth_tacs.tsv")) ==
        content(b / (baseline + "_seg-phantom_desc-truth_tacs.tsv")));
  CHECK(content(a / (baseline + "_seg-phantom_tacs.tsv")) != content(b / (baseline + "_seg-phantom_tacs.tsv")));
  CHECK(pet::summarize_pet_series({a / "ses-drug"}, 1).at(0).series_uid !=
        pet::summarize_pet_series({b / "ses-drug"}, 1).at(0).series_uid);
  CHECK(run_command(simulate + " " + study + " --seed 1.5 -o " + (folder.path / "c").string()).status == 2);
}

TEST_CASE("The truth table names the occupancy and what it does to BPND and VT") {
  const Folder folder;
  const fs::path out = folder.path / "out";
  REQUIRE(run_command(simulate + " " + folder.study(pet::test::small_study()) + " -q --tables-only -o " + out.string())
              .status == 0);
  CHECK(!fs::exists(out / "ses-baseline" / "dicom"));
  const pet::Tsv truth = pet::Tsv::read((out / "truth.tsv").string());
  REQUIRE(truth.rows() == 4);
  CHECK(truth.cell(3, truth.column("session")) == "drug");
  CHECK(truth.cell(3, truth.column("region")) == "cortex");
  // 0.8 * 6 / (2 + 6) = 0.6 of BPND 1.5 is blocked; VT = 8 (1 + 0.6).
  CHECK(truth.required_number(3, truth.column("occupancy")) == Approx(0.6));
  CHECK(truth.required_number(3, truth.column("BPND")) == Approx(0.6));
  CHECK(truth.required_number(3, truth.column("VT")) == Approx(12.8));
  CHECK(truth.required_number(3, truth.column("k3")) == Approx(0.036));
  CHECK(!truth.number(0, truth.column("occupancy")));
  const auto json = nlohmann::json::parse(content(out / "truth.json"));
  CHECK(json["columns"]["VT"]["Units"] == "mL/cm3");
  CHECK(json["assumed"]["cerebellum"] == nlohmann::json({"k4", "K1"}));
  CHECK(json["sessions"][1]["occupancy"].get<double>() == Approx(0.6));
}

TEST_CASE("The written input function and blood samples belong to the study") {
  const Folder folder;
  const fs::path out = folder.path / "out";
  REQUIRE(run_command(simulate + " " + folder.study(pet::test::small_study()) + " -q --tables-only -o " + out.string())
              .status == 0);
  const pet::InputFunction full = pet::read_input_function((out / (baseline + "_inputfunction.tsv")).string());
  const pet::InputFunction half = pet::read_input_function((out / (drug + "_inputfunction.tsv")).string());
  CHECK(full.time_min.front() == 0.0);
  CHECK(full.time_min.back() == Approx(10.0));
  CHECK(half.parent_plasma[200] == Approx(0.5 * full.parent_plasma[200]));
  const pet::Tsv blood = pet::Tsv::read((out / (baseline + "_recording-manual_blood.tsv")).string());
  REQUIRE(blood.rows() == 4);
  CHECK(blood.required_number(1, 0) == 30.0);
  CHECK(blood.required_number(3, 0) == 600.0);
  // Feng curve at 10 min, in Bq/mL, within five times the 2 % of noise.
  const double u = 9.5;
  const double plasma = 1000.0 * (12.0 * std::exp(-0.25 * u) + 3.5 * std::exp(-0.012 * u));
  CHECK(blood.required_number(3, blood.column("plasma_radioactivity")) == Approx(plasma).epsilon(0.1));
}

TEST_CASE("pet-simulate says what is wrong with one line and the status of its kind") {
  const Folder folder;
  nlohmann::json wrong = pet::test::small_study();
  wrong["regions"][1]["elipsoids"] = 1;
  const CommandResult unusable =
      run_command(simulate + " " + folder.study(wrong) + " -o " + (folder.path / "out").string());
  CHECK(unusable.status == 65);
  CHECK(unusable.err.find("did you mean 'ellipsoids'?") != std::string::npos);
  CHECK(std::count(unusable.err.begin(), unusable.err.end(), '\n') == 1);
  CHECK(run_command(simulate + " " + (folder.path / "none.json").string() + " -o x").status == 66);
  CHECK(run_command(simulate + " " + folder.study(pet::test::small_study())).status == 2);
}

TEST_CASE("A folder that holds something is kept without --force, and a failed run leaves nothing") {
  const Folder folder;
  const fs::path out = folder.path / "out";
  fs::create_directory(out);
  std::ofstream(out / "mine.txt") << "keep";
  const std::string study = folder.study(pet::test::small_study());
  CHECK(run_command(simulate + " " + study + " -o " + out.string()).status == 2);
  CHECK(contents(out).size() == 1);
  CHECK(run_command(simulate + " " + study + " -q --force --tables-only -o " + out.string()).status == 0);
  CHECK(content(out / "mine.txt") == "keep");

  nlohmann::json hidden = pet::test::small_study();
  hidden["noise"] = {{"voxel_cv_percent", 10}, {"frame", 1}, {"region", "cortex"}};
  const fs::path failed = folder.path / "failed";
  CHECK(run_command(simulate + " " + folder.study(hidden) + " -o " + failed.string()).status == 65);
  CHECK(!fs::exists(failed));
  for (const auto& entry : fs::directory_iterator(folder.path))
    CHECK(entry.path().filename().string().find("partial") == std::string::npos);
}

TEST_CASE("pet-simulate writes the same truth in every dialect, encoding and decay correction") {
  const Folder folder;
  const std::string study = folder.study(pet::test::small_study());
  const auto image_of = [&](const std::string& options, const std::string& name) {
    const fs::path out = folder.path / name;
    const CommandResult result = run_command(simulate + " " + study + " -q " + options + " -o " + out.string());
    INFO(result.err);
    REQUIRE(result.status == 0);
    return pet::read_pet_series((out / baseline).parent_path() / "dicom");
  };
  const pet::DynamicImage plain = image_of("", "plain");
  const float largest = *std::max_element(plain.voxels.begin(), plain.voxels.end());
  for (const char* options : {"--dialect enhanced --transfer-syntax jpeg2000 --decay-correction admin",
                              "--dialect philips-counts --transfer-syntax rle --shuffle-names",
                              "--dialect siemens --transfer-syntax deflated --decay-correction none"}) {
    CAPTURE(options);
    const pet::DynamicImage image = image_of(options, "out-" + std::to_string(std::string(options).size()));
    REQUIRE(image.voxels.size() == plain.voxels.size());
    double worst = 0.0;
    for (std::size_t v = 0; v < image.voxels.size(); ++v)
      worst = std::max(worst, std::abs(static_cast<double>(image.voxels[v] - plain.voxels[v])));
    CHECK(worst <= 2.0 * static_cast<double>(largest) / 32767.0);
    for (std::size_t f = 0; f < image.frames.size(); ++f)
      CHECK(image.frames[f].start_min == Approx(plain.frames[f].start_min).margin(1e-3 / 60.0));
  }
  const CommandResult wrong =
      run_command(simulate + " " + study + " --transfer-syntax jpeg-ls -o " + (folder.path / "wrong").string());
  CHECK(wrong.status == 2);
  CHECK(wrong.err.find("jpeg2000") != std::string::npos);
}
