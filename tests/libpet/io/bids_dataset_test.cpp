// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/bids_dataset.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "libpet/error.h"
#include "libpet/io/bids_pet.h"

using namespace pet;

namespace {

namespace fs = std::filesystem;

struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "occupet-test-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text = "") const {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
};

}  // namespace

TEST_CASE("A name of a BIDS file says its entities, suffix and extension, in any order", "[bids]") {
  const BidsFile file = bids_file("a/sub-01_ses-x_desc-preproc_seg-gtm_tacs.tsv");
  CHECK(file.entities == BidsLabels{{"sub", "01"}, {"ses", "x"}, {"desc", "preproc"}, {"seg", "gtm"}});
  CHECK(file.suffix == "tacs");
  CHECK(file.extension == ".tsv");
  CHECK(file.entity("seg") == "gtm");
  CHECK(file.entity("run").empty());
  CHECK(bids_file("sub-01_pet.nii.gz").extension == ".nii.gz");
  CHECK(bids_file("participants.tsv").suffix == "participants");
}

TEST_CASE("Names of results have the order of the specification and take letters and digits only", "[bids]") {
  // Order as in the examples of the draft of PET derivatives.
  CHECK(bids_file_name({{"model", "SRTM"}, {"seg", "gtm"}, {"sub", "01"}, {"trc", "CIMBI36"}, {"ses", "drug"}},
                       "kinpar", ".tsv") == "sub-01_ses-drug_trc-CIMBI36_seg-gtm_model-SRTM_kinpar.tsv");
  CHECK(bids_file_name(
            {{"sub", "01"}, {"ses", ""}, {"desc", "mc"}, {"space", "T1w"}, {"meas", "BPND"}, {"model", "SRTM2"}},
            "mimap", ".nii.gz") == "sub-01_space-T1w_desc-mc_model-SRTM2_meas-BPND_mimap.nii.gz");
  CHECK_THROWS_AS(bids_file_name({{"sub", "0_1"}}, "pet", ".json"), UsageError);
  CHECK_THROWS_AS(bids_file_name({{"subject", "01"}}, "pet", ".json"), UsageError);
}

TEST_CASE("The files of a subject are found in a dataset and in an analysis folder of a derivative", "[bids]") {
  const Folder here;
  here.write("sub-01/ses-a/pet/sub-01_ses-a_pet.json");
  here.write("sub-01/pet/.hidden.json");
  here.write("Primary_Analysis/sub-01/pet/sub-01_inputfunction.tsv");
  here.write("derivatives/other/sub-01/pet/sub-01_tacs.tsv");
  here.write("sub-02/sub-02_sessions.tsv");
  here.write("sub-03.html");
  CHECK(bids_subjects(here.path) == std::vector<std::string>{"01", "02"});
  CHECK(bids_files(here.path, "01", true).size() == 1);
  CHECK(bids_files(here.path, "01").size() == 1);
  here.write("Primary_Analysis/sub-05/pet/sub-05_inputfunction.tsv");
  CHECK(bids_files(here.path, "05", true).empty());
  const std::vector<BidsFile> derived = bids_files(here.path, "05");
  REQUIRE(derived.size() == 1);
  CHECK(derived[0].suffix == "inputfunction");
  CHECK(bids_files(here.path, "04").empty());
}

TEST_CASE("Every name of ours that BIDS does not know is in .bidsignore", "[bids]") {
  const std::string ignored = "\n" + bidsignore_text();
  for (const char* const suffix : {"tacs", "morph", "inputfunction", "kinpar", "mimap", "occupancy"})
    CHECK(ignored.find("\n*_" + std::string(suffix) + ".*\n") != std::string::npos);
}

TEST_CASE("Frames of a sidecar that cannot be are refused by what is wrong with them", "[bids]") {
  const Folder here;
  const auto message = [&](const std::string& text) -> std::string {
    here.write("x_pet.json", text);
    try {
      require_sound_frames(here.path / "x_pet.json");
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  using Catch::Contains;
  CHECK(message(R"({"FrameTimesStart": [0, 10, 30], "FrameDuration": [10, 20, 30]})").empty());
  CHECK(message("{}").empty());
  CHECK_THAT(message(R"({"FrameTimesStart": [0, 10, 30], "FrameDuration": [10, 30, 60]})"),
             Contains("frame end times"));
  CHECK_THAT(message(R"({"FrameTimesStart": [0, 10], "FrameDuration": [10]})"), Contains("1 values"));
  CHECK_THAT(message(R"({"FrameTimesStart": [0, 10, 30], "FrameDuration": [10, 25, 5]})"), Contains("overlap"));
}
