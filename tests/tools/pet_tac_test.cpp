// SPDX-License-Identifier: Apache-2.0
// From a simulated scanner to curves and back to what was simulated.
#include "libpet/dicom/pet_image.h"
#include "libpet/io/nifti.h"
#include "libpet/io/tac_table_file.h"
#include "libpet/labels.h"
#include "tests/libpet/study_text.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

// One simulated study for all tests of this file.
const Workplace& study() {
  static const Workplace here;
  static const bool is_made = [] {
    here.write("study.json", pet::test::small_study().dump(1));
    return here.run("pet-simulate study.json -o made").status == 0;
  }();
  REQUIRE(is_made);
  return here;
}

std::string only(const std::filesystem::path& folder, const std::string& ending) {
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().string().ends_with(ending)) return entry.path().string();
  FAIL("no file *" << ending << " in " << folder);
  return "";
}

// The largest step of the stored integers within one frame, in kBq/mL, from the slices' own slopes.
double rounding_of_frame(const DynamicImage& image, std::size_t frame) {
  float largest = 0.0f;
  for (const float v : image.frame(frame)) largest = std::max(largest, std::abs(v));
  return largest / 32767.0;
}

}  // namespace

TEST_CASE("Curves from the simulated series equal the simulator's own within the rounding of its integers",
          "[pet-tac]") {
  for (const std::string session : {"baseline", "drug"}) {
    const auto folder = study().path / "made" / ("ses-" + session);
    const std::string labels = only(folder, "_dseg.nii.gz");
    const std::string names = only(folder, "_dseg.tsv");
    const std::string out = session + "_tacs.tsv";
    const CommandResult result = study().run("pet-tac " + (folder / "dicom").string() + " --labels " + labels +
                                             " --table " + names + " -o " + out + " --force");
    INFO(result.err);
    REQUIRE(result.status == 0);
    const TacTable extracted = read_tac_table((study().path / out).string());
    const TacTable simulated = read_tac_table(only(folder, "phantom_tacs.tsv"));
    const DynamicImage image = read_pet_series(folder / "dicom");
    REQUIRE(extracted.frames.size() == simulated.frames.size());
    for (const std::string& region : simulated.regions) {
      const auto& mine = extracted.activity[extracted.index_of(region)];
      const auto& truth = simulated.activity[simulated.index_of(region)];
      for (std::size_t f = 0; f < mine.size(); ++f) {
        INFO(session << " " << region << " frame " << f + 1);
        CHECK(std::abs(mine[f] - truth[f]) <= rounding_of_frame(image, f));
        CHECK(extracted.frames[f].start_min == Approx(simulated.frames[f].start_min).margin(1e-6));
      }
    }
  }
}

TEST_CASE("A DICOM segmentation and a NIfTI label map give the same curves", "[pet-tac]") {
  const auto folder = study().path / "made" / "ses-baseline";
  const std::string image = (folder / "dicom").string();
  const CommandResult nifti = study().run("pet-tac " + image + " --labels " + only(folder, "_dseg.nii.gz") +
                                          " --table " + only(folder, "_dseg.tsv"));
  const CommandResult dicom = study().run("pet-tac " + image + " --labels " + only(folder, "_dseg.dcm"));
  INFO(dicom.err);
  CHECK(nifti.status == 0);
  CHECK(dicom.status == 0);
  CHECK(nifti.out == dicom.out);
}

TEST_CASE("pet-tac writes chosen regions, and groups as the means of all their voxels", "[pet-tac]") {
  const auto folder = study().path / "made" / "ses-baseline";
  const std::string line = "pet-tac --force made/ses-baseline/dicom --labels " + only(folder, "_dseg.nii.gz") +
                           " --table " + only(folder, "_dseg.tsv");
  REQUIRE(study().run(line + " -o all_tacs.tsv").status == 0);
  const TacTable all = read_tac_table((study().path / "all_tacs.tsv").string());
  const std::string first = all.regions[0], second = all.regions[1];
  REQUIRE(study().run(line + " --regions " + second + " -o chosen_tacs.tsv").status == 0);
  const TacTable chosen = read_tac_table((study().path / "chosen_tacs.tsv").string());
  CHECK(chosen.regions == std::vector<std::string>{second});
  CHECK(chosen.activity[0] == all.activity[1]);
  CHECK_THAT(study().run(line + " --regions nowhere").err, Catch::Contains("'nowhere'"));

  study().write("groups.tsv",
                "RegionName\tfolder\tConstituentRegion\nboth\tx\t" + first + "\nboth\tx\t" + second + "\n");
  const CommandResult merged = study().run(line + " --groups groups.tsv -o merged_tacs.tsv");
  INFO(merged.err);
  REQUIRE(merged.status == 0);
  const TacTable groups = read_tac_table((study().path / "merged_tacs.tsv").string());
  CHECK(groups.regions == std::vector<std::string>{"both"});
  CHECK_THAT(study().read("merged_morph.tsv"), Catch::Contains("\n1\tboth\t"));
  CHECK_THAT(study().read("merged_tacs.json"), Catch::Contains("groups.tsv"));
  // The same by labels: both regions as one.
  LabelMap labels = read_label_map(only(folder, "_dseg.nii.gz"));
  const std::vector<int> numbers = label_numbers(labels);
  for (std::int32_t& label : labels.labels) label = label == numbers[0] || label == numbers[1] ? 1 : 0;
  const TacTable expected = extract_tacs(read_pet_series(folder / "dicom"), labels, 1);
  for (std::size_t f = 0; f < expected.frames.size(); ++f)
    CHECK(groups.activity[0][f] == Approx(expected.activity[0][f]).epsilon(1e-9));

  study().write("groups.tsv", "RegionName\tConstituentRegion\nboth\t" + first + "\nboth\t" + first + "\n");
  const CommandResult twice = study().run(line + " --groups groups.tsv");
  CHECK(twice.status == 65);
  CHECK_THAT(twice.err, Catch::Contains("groups.tsv:3") && Catch::Contains("a second time"));
}

TEST_CASE("pet-tac takes the voxels inside the contours of an RT Structure Set", "[pet-tac]") {
  const std::filesystem::path object = std::filesystem::path(OCCUPET_REFERENCE_DIR) / "dicom_ibsi_suv" / "DRO_0_0";
  if (!std::filesystem::is_directory(object)) {
    WARN("the reference objects are not there; nothing was compared");
    return;
  }
  const Workplace here;
  const std::string contours = only(object / "RS", ".dcm");
  const CommandResult result =
      here.run("pet-tac -q " + (object / "PT").string() + " --labels " + contours + " -o rs_tacs.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  CHECK_THAT(here.read("rs_tacs.tsv"), Catch::StartsWith("frame_start\tframe_end\tregion_1\n"));
  const CommandResult wrong =
      here.run("pet-tac " + (object / "PT").string() + " --labels " + contours + " --regions x");
  CHECK(wrong.status == 2);
  CHECK_THAT(wrong.err, Catch::Contains("'region_1'"));
}

TEST_CASE("pet-tac gives the same bytes with one and two threads", "[pet-tac]") {
  const auto folder = study().path / "made" / "ses-baseline";
  const std::string line =
      "pet-tac made/ses-baseline/dicom --labels " + only(folder, "_dseg.nii.gz") + " -o t_tacs.tsv --force ";
  study().run(line + "-j 1");
  const std::string table = study().read("t_tacs.tsv");
  const std::string json = study().read("t_tacs.json");
  study().run(line + "-j 2");
  REQUIRE_FALSE(table.empty());
  CHECK(study().read("t_tacs.tsv") == table);
  CHECK(study().read("t_tacs.json") == json);
  CHECK_THAT(study().read("t_morph.tsv"), Catch::StartsWith("index\tname\tvolume-mm3\n"));
}

TEST_CASE("pet-tac refuses labels on another grid and describes both grids", "[pet-tac]") {
  const Workplace here;
  auto other = pet::test::small_study();
  other["image"]["voxel_mm"] = {4, 4, 5.4};
  here.write("other.json", other.dump(1));
  REQUIRE(here.run("pet-simulate other.json -o other").status == 0);
  const CommandResult result =
      here.run("pet-tac -q " + (study().path / "made/ses-baseline/dicom").string() + " --labels " +
               only(here.path / "other/ses-baseline", "_dseg.nii.gz") + " -o x_tacs.tsv");
  CHECK(result.status == 65);
  CHECK(is_one_line(result.err));
  CHECK_THAT(result.err, Catch::Contains("grid") && Catch::Contains("5.4"));
  CHECK_FALSE(here.has("x_tacs.tsv"));
}

TEST_CASE("pet-tac on the same image as NIfTI gives the same curves and records its sidecar", "[pet-tac]") {
  const Workplace here;
  const auto folder = study().path / "made" / "ses-baseline";
  const DynamicImage image = read_pet_series(folder / "dicom");
  write_nifti_series(image.grid, image.frames, image.voxels, here.path / "x_pet.nii.gz", "", 1000.0);
  here.write("x_pet.json", image_sidecar_text(image, {}, "{}"));
  const std::string labels = only(folder, "_dseg.nii.gz");
  REQUIRE(here.run("pet-tac x_pet.nii.gz --labels " + labels + " -o n_tacs.tsv").status == 0);
  REQUIRE(here.run("pet-tac " + (folder / "dicom").string() + " --labels " + labels + " -o d_tacs.tsv").status == 0);
  const TacTable nifti = read_tac_table((here.path / "n_tacs.tsv").string());
  const TacTable dicom = read_tac_table((here.path / "d_tacs.tsv").string());
  REQUIRE(nifti.regions == dicom.regions);
  for (std::size_t r = 0; r < dicom.regions.size(); ++r)
    for (std::size_t f = 0; f < dicom.frames.size(); ++f)
      CHECK(nifti.activity[r][f] == Approx(dicom.activity[r][f]).epsilon(1e-6).margin(1e-9));
  const auto sidecar = nlohmann::json::parse(here.read("n_tacs.json"));
  CHECK(sidecar["Sources"] == nlohmann::json({"x_pet.nii.gz", "x_pet.json", labels}));
  CHECK(sidecar["SourcesSHA256"][1] == sha256(here.read("x_pet.json")));
}

TEST_CASE("pet-tac does not take options of DICOM series for a NIfTI image", "[pet-tac]") {
  const Workplace here;
  for (const std::string option : {"--series 1.2.3", "--injection-time 12:34:56"}) {
    const CommandResult result = here.run("pet-tac x_pet.nii.gz --labels l.nii.gz -o x_tacs.tsv " + option);
    INFO(result.err);
    CHECK(result.status == 2);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(option.substr(0, option.find(' '))) && Catch::Contains("x_pet.nii.gz"));
  }
}

TEST_CASE("pet-tac takes a DICOM file without labels for an image, not for a table of curves", "[pet-tac]") {
  const auto series = study().path / "made/ses-baseline/dicom";
  const CommandResult folder = study().run("pet-tac " + series.string());
  CHECK(folder.status == 2);
  CHECK_THAT(folder.err, Catch::Contains("missing option --labels"));
  const std::string file = std::filesystem::directory_iterator(series)->path().string();
  const CommandResult alone = study().run("pet-tac " + file);
  CHECK(alone.status == 2);
  CHECK(alone.err == folder.err);
}

TEST_CASE("pet-tac warns of labels without a name and of names without voxels", "[pet-tac]") {
  const Workplace here;
  const std::string line = "pet-tac " + (study().path / "made/ses-baseline/dicom").string() + " --labels " +
                           only(study().path / "made/ses-baseline", "_dseg.nii.gz") + " ";
  here.write("dseg.tsv", "index\tname\n0\tbackground\n1\tcerebellum\n9\tinsula\n12\tthalamus\n");
  const CommandResult result = here.run(line + "--table dseg.tsv");
  CHECK(result.status == 0);
  CHECK_THAT(result.err, Catch::Contains("warning: labels without a name: 2"));
  CHECK_THAT(result.err, Catch::Contains("warning: names without a voxel: insula, thalamus\n"));
  CHECK_THAT(result.out, Catch::Contains("label-2"));
  here.write("dseg.tsv", "index\tname\n1\tcerebellum\n2\tcortex\n");
  CHECK_THAT(here.run(line + "--table dseg.tsv").err, !Catch::Contains("warning: labels") && !Catch::Contains("names"));
  CHECK_THAT(here.run(line).err, !Catch::Contains("warning: labels"));  // no names at all: nothing is amiss
}

TEST_CASE("pet-tac on what is no DICOM series says what it found", "[pet-tac]") {
  const Workplace here;
  here.run("mkdir empty text; echo hello > text/readme.txt");
  const std::string labels = only(study().path / "made/ses-baseline", "_dseg.nii.gz");
  for (const auto& [folder, status] : {std::pair{"empty", 65}, {"text", 65}, {"nowhere", 66}}) {
    const CommandResult result = here.run(std::string("pet-tac ") + folder + " --labels " + labels + " -o x_tacs.tsv");
    INFO(folder << ": " << result.err);
    CHECK(result.status == status);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(folder));
    CHECK_FALSE(here.has("x_tacs.tsv"));
  }
}

TEST_CASE("pet-info lists both series of a study without the patient", "[pet-info]") {
  const CommandResult text = study().run("pet-info made");
  INFO(text.out);
  CHECK(text.status == 0);
  CHECK_THAT(text.out,
             Catch::Contains("6x10 s, gap of 60 s, 4x120 s") && Catch::Contains("BQML") && Catch::Contains("400 MBq"));
  CHECK_THAT(text.out, !Catch::Contains("SIM01"));
  const CommandResult json = study().run("pet-info made --json");
  const auto parsed = nlohmann::json::parse(json.out);
  REQUIRE(parsed.size() == 2);
  CHECK(parsed[0]["FrameTimesStart"].size() == 10);
  CHECK(parsed[0]["Problems"].empty());
}

TEST_CASE("pet-info names the problem of a damaged series and ends with 1", "[pet-info]") {
  const Workplace here;
  here.run("cp -r " + (study().path / "made/ses-baseline/dicom").string() + " damaged");
  here.run("rm \"damaged/$(ls damaged | head -n 4 | tail -n 1)\"");
  const CommandResult result = here.run("pet-info damaged");
  INFO(result.out);
  CHECK(result.status == 1);
  CHECK_THAT(result.out, Catch::Contains("problem"));
  CHECK(here.run("pet-info nowhere").status == 66);
}

TEST_CASE("pet-tac writes curves of another program as ours, with what the image's sidecar adds", "[pet-tac]") {
  const Workplace here;
  // As PETPrep leaves them: seconds after TimeZero, no word of the injection or of decay.
  here.write("tacs.tsv", "frame_start\tframe_end\tleft\tright\tother\n20\t80\t1000\t3000\t5\n80\t140\t2000\t4000\t6\n");
  here.write("tacs.json", R"({"Units": "Bq/mL"})");
  here.write("volumes.tsv", "index\tname\tvolume-mm3\n1\tleft\t300\n2\tright\t100\n");
  here.write("raw.json", R"({"TracerRadionuclide": "C11", "RadionuclideHalfLife": 1200, "InjectionStart": 20,
                             "ImageDecayCorrected": true, "ImageDecayCorrectionTime": 1220})");
  here.write("groups.tsv", "RegionName\tConstituentRegion\nboth\tleft\nboth\tright\n");
  const CommandResult result =
      here.run("pet-tac tacs.tsv --sidecar raw.json --volumes volumes.tsv --groups groups.tsv -o ours_tacs.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const TacTable table = read_tac_table((here.path / "ours_tacs.tsv").string());
  CHECK(table.regions == std::vector<std::string>{"both"});
  CHECK(table.frames[0].start_min == Approx(0.0).margin(1e-12));
  CHECK(table.frames[1].end_min == Approx(2.0));
  // Weighted by volume (300 and 100), and one half-life back: twice as much.
  CHECK(table.activity[0][0] == Approx(2.0 * 1.5));
  CHECK(table.activity[0][1] == Approx(2.0 * 2.5));
  CHECK(table.volume_mm3[0].value() == Approx(400.0));
  CHECK(here.run("pet-tac tacs.tsv --regions right,left").out.starts_with("frame_start\tframe_end\tright\tleft\n"));
  CHECK(here.run("pet-tac tacs.tsv --regions rigth").status == 2);
  CHECK(here.run("pet-tac tacs.tsv --table volumes.tsv").status == 2);
  CHECK(here.run("pet-tac . --regions left").status == 2);
  CHECK(here.run("pet-tac nowhere.tsv").status == 66);
}
