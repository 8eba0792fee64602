// SPDX-License-Identifier: Apache-2.0
// From a simulated scanner to maps.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "libpet/dicom/parametric_map.h"
#include "libpet/dicom/pet_image.h"
#include "libpet/io/nifti.h"
#include "libpet/io/parameter_table.h"
#include "libpet/io/png_image.h"
#include "libpet/map_overview.h"
#include "tests/libpet/study_text.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

// One simulated study with its baseline image also as NIfTI, for all tests of this file.
struct Study : Workplace {
  std::string dicom = "made/ses-baseline/dicom";
  std::string stem = "made/ses-baseline/sub-01_ses-baseline_trc-X_seg-phantom";
  std::string labels = stem + "_dseg.nii.gz";
  std::string reference = " --labels " + labels + " --table " + stem + "_dseg.tsv --reference cerebellum ";
  DynamicImage image;

  Study() {
    write("study.json", test::small_study().dump(1));
    REQUIRE(run("pet-simulate study.json -o made").status == 0);
    image = read_pet_series(path / dicom);
    write_image("pet", image);
  }

  void write_image(const std::string& name, const DynamicImage& written) const {
    write_nifti_series(written.grid, written.frames, written.voxels, path / (name + ".nii"), "", 1000.0);
    write(name + ".json", image_sidecar_text(written, {}, "{}"));
  }
};

const Study& study() {
  static const Study here;
  return here;
}

std::vector<float> volume(const std::string& name) {
  Study const& here = study();
  DynamicImage one;
  one.grid = here.image.grid;
  std::vector<float> values(one.grid.voxel_count());
  const std::string bytes = here.read(name);
  REQUIRE(bytes.size() == 352 + values.size() * sizeof(float));
  std::memcpy(values.data(), bytes.data() + 352, values.size() * sizeof(float));
  return values;
}

}  // namespace

TEST_CASE("pet-map writes every quantity with its error, RSS, AICc and status, each with a sidecar", "[pet-map]") {
  const CommandResult result = study().run("pet-map " + study().dicom + " --model srtm" + study().reference +
                                           "--mask " + study().labels + " -o all");
  INFO(result.err);
  REQUIRE(result.status == 0);
  CHECK_THAT(result.err, Catch::Contains(" voxels: ") && Catch::Contains(" ok"));
  for (const std::string symbol : {"BPND", "R1", "k2", "k2a", "k2prime", "RSS", "AICc", "status"}) {
    INFO(symbol);
    CHECK(study().has("all_model-SRTM_meas-" + symbol + "_mimap.nii.gz"));
    CHECK(study().has("all_model-SRTM_meas-" + symbol + "_mimap.json"));
  }
  CHECK(study().has("all_model-SRTM_meas-BPND_desc-stderr_mimap.nii.gz"));
  const auto sidecar = nlohmann::json::parse(study().read("all_model-SRTM_meas-k2_desc-stderr_mimap.json"));
  CHECK(sidecar["Units"] == "1/min");
  CHECK(sidecar["ReferenceRegion"] == "cerebellum");
  CHECK(sidecar["Weights"] == "decay");
  CHECK(sidecar["SourcesSHA256"].size() == 3);
}

TEST_CASE("pet-map --overview writes a picture beside each map that it writes", "[pet-map]") {
  const std::string line =
      "pet-map " + study().dicom + " --model srtm --uncompressed --maps BPND,status --overview" + study().reference;
  REQUIRE(study().run(line + "-o seen").status == 0);
  CHECK(study().has("seen_model-SRTM_meas-BPND_desc-stderr_mimap.png"));
  CHECK(study().has("seen_model-SRTM_meas-status_mimap.png"));
  CHECK_FALSE(study().has("seen_model-SRTM_meas-R1_mimap.png"));
  const std::string picture = study().read("seen_model-SRTM_meas-BPND_mimap.png");
  const std::vector<float> voxels = volume("seen_model-SRTM_meas-BPND_mimap.nii");
  CHECK((picture == png_bytes(map_overview(study().image.grid, voxels, {"BPND, SRTM", "1"}))));
  CHECK(study().run(line + "-o seen").status == 2);  // without --force
  const CommandResult refused = study().run(line + "--format dicom -o other");
  CHECK(refused.status == 2);
  CHECK_THAT(refused.err, Catch::Contains("--overview"));
}

TEST_CASE("pet-map writes the same maps as DICOM, into the study of the series", "[pet-map]") {
  const std::string line = "pet-map -q --model srtm --uncompressed --maps BPND,k2,AICc" + study().reference +
                           "--mask " + study().labels + " --format ";
  REQUIRE(study().run(line + "nifti,dicom " + study().dicom + " -o both").status == 0);
  for (const std::string name :
       {"both_model-SRTM_meas-BPND", "both_model-SRTM_meas-BPND_desc-stderr", "both_model-SRTM_meas-k2"}) {
    INFO(name);
    const ParametricMap map = read_parametric_map(study().path / (name + "_mimap.dcm"));
    const std::vector<float> nifti = volume(name + "_mimap.nii");
    CHECK(map.frame_of_reference_uid == study().image.frame_of_reference_uid);
    CHECK(map.is_standard_error == name.ends_with("stderr"));
    std::size_t there = 0;
    for (std::size_t v = 0; v < nifti.size(); ++v) {
      if (std::isnan(map.values[v])) continue;
      ++there;
      CHECK(map.values[v] == nifti[v]);
    }
    CHECK(there > 0);
  }
  CHECK_FALSE(study().has("both_model-SRTM_meas-AICc_mimap.dcm"));
  REQUIRE(study().run(line + "dicom " + study().dicom + " -o only").status == 0);
  CHECK_FALSE(study().has("only_model-SRTM_meas-BPND_mimap.nii"));
  CHECK(study().read("only_model-SRTM_meas-BPND_mimap.dcm").size() > 1000);
  const CommandResult nifti = study().run(line + "dicom pet.nii -o refused");
  CHECK(nifti.status == 2);
  CHECK_THAT(nifti.err, Catch::Contains("--format dicom is for DICOM series"));
}

TEST_CASE("A voxel of a map equals the regional fit of a region of that voxel", "[pet-map]") {
  LabelMap one = read_label_map(study().path / study().labels);
  const auto voxel = static_cast<std::size_t>(std::find(one.labels.begin(), one.labels.end(), 2) - one.labels.begin());
  one.labels[voxel] = 3;
  write_label_map(one, study().path / "one.nii.gz");
  study().write("one.tsv", "index\tname\n1\tcerebellum\n2\tcortex\n3\tvoxel\n");
  REQUIRE(study().run("pet-tac pet.nii --labels one.nii.gz --table one.tsv -o one_tacs.tsv").status == 0);
  REQUIRE(study().run("pet-fit one_tacs.tsv --model srtm --reference cerebellum --regions voxel -o fit.tsv").status ==
          0);
  const CommandResult result = study().run(
      "pet-map pet.nii --model srtm --reference-tacs one_tacs.tsv --reference cerebellum --uncompressed -o single");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const ParameterTable fit = read_parameter_table((study().path / "fit.tsv").string());
  for (const std::string symbol : {"BPND", "R1", "k2"}) {
    const ParameterCell& cell = fit.rows.front().cells[fit.column(symbol)];
    INFO(symbol);
    CHECK(volume("single_model-SRTM_meas-" + symbol + "_mimap.nii")[voxel] == Approx(*cell.value).epsilon(1e-4));
    CHECK(volume("single_model-SRTM_meas-" + symbol + "_desc-stderr_mimap.nii")[voxel] ==
          Approx(*cell.standard_error).epsilon(1e-3));
  }
}

TEST_CASE("pet-map gives the same bytes with one and two threads", "[pet-map]") {
  const std::string line = "pet-map pet.nii --model srtm" + study().reference + "-o threads --force ";
  REQUIRE(study().run(line + "-j 1").status == 0);
  const std::string map = study().read("threads_model-SRTM_meas-BPND_mimap.nii.gz");
  const std::string sidecar = study().read("threads_model-SRTM_meas-BPND_mimap.json");
  REQUIRE(study().run(line + "-j 2").status == 0);
  REQUIRE_FALSE(map.empty());
  CHECK(study().read("threads_model-SRTM_meas-BPND_mimap.nii.gz") == map);
  CHECK(study().read("threads_model-SRTM_meas-BPND_mimap.json") == sidecar);
}

TEST_CASE("Maps of a DICOM series and of the same image as NIfTI agree", "[pet-map]") {
  for (const std::string& image : {study().dicom, std::string("pet.nii")}) {
    const std::string name = image == "pet.nii" ? "nifti" : "dicom";
    const CommandResult result = study().run("pet-map " + image + " --model srtm" + study().reference + "--mask " +
                                             study().labels + " --maps R1 --uncompressed -o " + name);
    INFO(result.err);
    REQUIRE(result.status == 0);
  }
  const std::vector<float> dicom = volume("dicom_model-SRTM_meas-R1_mimap.nii");
  const std::vector<float> nifti = volume("nifti_model-SRTM_meas-R1_mimap.nii");
  std::size_t compared = 0;
  for (std::size_t v = 0; v < dicom.size(); ++v) {
    if (std::isnan(dicom[v])) continue;
    CHECK(nifti[v] == Approx(dicom[v]).epsilon(1e-4));
    compared += dicom[v] != 0.0F ? 1 : 0;
  }
  CHECK(compared > 50);
}

TEST_CASE("Voxels that are not finite or zero fail alone", "[pet-map]") {
  DynamicImage image = study().image;
  const std::size_t count = image.grid.voxel_count();
  const std::size_t centre = count / 2 + 5;
  for (std::size_t f = 0; f < image.frames.size(); ++f) image.voxels[f * count + centre] = 0.0F;
  image.voxels[3 * count + centre + 1] = std::numeric_limits<float>::quiet_NaN();
  image.voxels[4 * count + centre + 2] = std::numeric_limits<float>::infinity();
  study().write_image("broken", image);
  const std::string reference = " --reference-tacs " + study().stem + "_tacs.tsv --reference cerebellum ";
  REQUIRE(study().run("pet-map broken.nii --model srtm" + reference + "--uncompressed -o broken").status == 0);
  REQUIRE(study().run("pet-map pet.nii --model srtm" + reference + "--uncompressed -o whole").status == 0);
  const std::vector<float> broken = volume("broken_model-SRTM_meas-R1_mimap.nii");
  const std::vector<float> whole = volume("whole_model-SRTM_meas-R1_mimap.nii");
  for (std::size_t v = 0; v < count; ++v) {
    if (v >= centre && v < centre + 3)
      CHECK(std::isnan(broken[v]));
    else
      CHECK((broken[v] == whole[v] || (std::isnan(broken[v]) && std::isnan(whole[v]))));
  }
  const LabelMap status = read_label_map(study().path / "broken_model-SRTM_meas-status_mimap.nii");
  CHECK(status.labels[centre] == 5);
}

TEST_CASE("A region with voxels that are not finite stops a map only where the map needs that region", "[pet-map]") {
  DynamicImage image = study().image;
  const LabelMap labels = read_label_map(study().path / study().labels);
  const auto names = read_label_names((study().path / (study().stem + "_dseg.tsv")).string());
  const auto break_region = [&](bool is_reference) {
    for (std::size_t v = 0; v < labels.labels.size(); ++v)
      if (labels.labels[v] != 0 && (names.at(labels.labels[v]) == "cerebellum") == is_reference) {
        image.voxels[v] = std::numeric_limits<float>::quiet_NaN();
        return;
      }
  };
  break_region(false);
  study().write_image("odd", image);
  CHECK(study().run("pet-map odd.nii --model srtm" + study().reference + "-o odd").status == 0);
  break_region(true);
  study().write_image("odder", image);
  const CommandResult refused = study().run("pet-map odder.nii --model srtm" + study().reference + "-o odder");
  CHECK(refused.status == 65);
  CHECK_THAT(refused.err, Catch::Contains("'cerebellum'") && Catch::Contains("not finite"));
}

TEST_CASE("pet-map names in the sidecar what was done about noise", "[pet-map]") {
  const std::string line = "pet-map -q pet.nii --model srtm --maps BPND --uncompressed" + study().reference +
                           "--mask " + study().labels + " ";
  REQUIRE(study().run(line + "-o plain").status == 0);
  const std::string map = "_model-SRTM_meas-BPND_mimap";
  const std::vector<float> plain = volume("plain" + map + ".nii");
  for (const auto& [option, key, method] :
       {std::array<std::string, 3>{"--hypr 6", "NoiseReduction", "HYPR-LR"},
        {"--regularise 6", "Regularisation", "ridge towards the fit of the smoothed image"}}) {
    const CommandResult result = study().run(line + option + " -o " + key);
    INFO(option << "\n" << result.err);
    REQUIRE(result.status == 0);
    const auto sidecar = nlohmann::json::parse(study().read(key + map + ".json"));
    CHECK(sidecar[key]["Method"] == method);
    CHECK(sidecar[key]["FWHM"] == 6.0);
    CHECK(volume(key + map + ".nii") != plain);
  }
}

TEST_CASE("pet-map takes weights from residuals where there are voxels enough", "[pet-map]") {
  // The image of few voxels twelve times on top of itself.
  constexpr int times = 12;
  DynamicImage tall = study().image;
  const std::size_t count = tall.grid.voxel_count();
  tall.grid.size[2] *= times;
  tall.voxels.clear();
  for (std::size_t f = 0; f < tall.frames.size(); ++f)
    for (int t = 0; t < times; ++t) {
      const auto frame = study().image.frame(f);
      tall.voxels.insert(tall.voxels.end(), frame.begin(), frame.end());
    }
  study().write_image("tall", tall);
  const std::string line = " --model srtm --maps BPND --uncompressed --weights residuals --reference-tacs " +
                           study().stem + "_tacs.tsv --reference cerebellum ";
  const CommandResult result = study().run("pet-map -q tall.nii" + line + "-o tall");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const auto sidecar = nlohmann::json::parse(study().read("tall_model-SRTM_meas-BPND_mimap.json"));
  CHECK(sidecar["Weights"] == "residuals");
  CHECK(sidecar["FrameNoise"]["RelativeVariance"].size() == study().image.frames.size());
  CHECK(sidecar["FrameNoise"]["FollowsActivity"] >= 0.0);
  CHECK(study().read("tall_model-SRTM_meas-BPND_mimap.nii").size() == 352 + times * count * sizeof(float));
  const CommandResult few = study().run("pet-map -q pet.nii" + line + "--mask " + study().labels + " -o few");
  CHECK(few.status == 65);
  CHECK_THAT(few.err, Catch::Contains("fits of srtm that are ok, expected at least 200"));
}

TEST_CASE("Voxels of the reference region inside the mask are fitted like others, to no binding", "[pet-map]") {
  REQUIRE(study()
              .run("pet-map -q pet.nii --model srtm --maps BPND,status --uncompressed" + study().reference + "--mask " +
                   study().labels + " -o inside")
              .status == 0);
  const LabelMap labels = read_label_map(study().path / study().labels);
  const LabelMap status = read_label_map(study().path / "inside_model-SRTM_meas-status_mimap.nii");
  const std::vector<float> BPND = volume("inside_model-SRTM_meas-BPND_mimap.nii");
  std::vector<float> found;
  for (std::size_t v = 0; v < BPND.size(); ++v)
    if (labels.labels[v] == 1 && status.labels[v] == 1) found.push_back(BPND[v]);
  REQUIRE(found.size() > 3);
  std::nth_element(found.begin(), found.begin() + found.size() / 2, found.end());
  CHECK(found[found.size() / 2] == Approx(0.0).margin(0.1));
}

TEST_CASE("Negative voxels are fitted, and none of them stops the others", "[pet-map]") {
  DynamicImage image = study().image;
  const std::size_t count = image.grid.voxel_count();
  const std::size_t centre = count / 2 + 5;
  for (std::size_t f = 0; f < image.frames.size(); ++f) image.voxels[f * count + centre] *= -1.0F;
  study().write_image("negative", image);
  const std::string reference = " --reference-tacs " + study().stem + "_tacs.tsv --reference cerebellum ";
  for (const std::string model : {"srtm", "mrtm", "logan-ref --t-star 2", "suvr --t-star 2"}) {
    const CommandResult result = study().run("pet-map -q negative.nii --force --maps status --uncompressed --model " +
                                             model + reference + "-o negative");
    INFO(model << "\n" << result.err);
    CHECK(result.status == 0);
  }
  const LabelMap status = read_label_map(study().path / "negative_model-SRTM_meas-status_mimap.nii");
  CHECK(status.labels[centre] >= 1);
  CHECK(status.labels[centre] <= 5);
}

TEST_CASE("pet-map refuses what it cannot use and says why in one line", "[pet-map]") {
  const auto refused = [](const std::string& line, int status, const std::string& why) {
    const CommandResult result = study().run("pet-map -q " + line + " -o refused");
    INFO(line << "\n" << result.err);
    CHECK(result.status == status);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(why));
  };
  const std::string image = study().dicom + " ";
  LabelMap mask = read_label_map(study().path / study().labels);
  std::fill(mask.labels.begin(), mask.labels.end(), 0);
  write_label_map(mask, study().path / "empty.nii");
  mask.grid.origin_mm[0] += 1.5;
  write_label_map(mask, study().path / "shifted.nii");
  refused(image + "--model srtm --labels empty.nii --reference cerebellum", 65, "no voxel with a label");
  study().write("short.tsv", "frame_start\tframe_end\tcerebellum\n0\t10\t1\n10\t20\t2\n");
  DynamicImage one_frame = study().image;
  one_frame.frames = Frames({one_frame.frames[0]});
  one_frame.voxels.resize(one_frame.grid.voxel_count());
  study().write_image("frame", one_frame);

  refused(image + "--model srtm" + study().reference + "--mask empty.nii", 65,
          "empty.nii: found no voxel that is not 0");
  refused(image + "--model srtm" + study().reference + "--mask shifted.nii", 65, "shifted.nii: found labels on a grid");
  refused(image + "--model srtm --reference-tacs short.tsv --reference cerebellum", 65, "found 2 frames, expected 10");
  refused("frame.nii --model srtm" + study().reference, 65, "expected at least");
  refused(image + "--model spectral --input x.tsv", 2, "has no maps; there are: srtm");
  refused(image + "--model srtm --labels x.nii", 2, "needs --reference");
  refused(image + "--model srtm --reference cerebellum", 2, "give one of them");
  refused(image + "--model 1tcm", 2, "needs --input");
  refused(image + "--model srtm" + study().reference + "--maps BP", 2, "did you mean 'BPND'?");
  refused(image + "--model srtm2" + study().reference, 2, "k2prime");
  refused(image + "--model srtm" + study().reference + "--format analyze", 2, "analyze");
  refused(image + "--model srtm" + study().reference + "--hypr 5 --smooth 5", 2, "give one of them");
  refused(image + "--model srtm" + study().reference + "--hypr 0", 2, "must be above 0 mm");
  refused(image + "--model mrtm" + study().reference + "--regularise 5", 2, "--regularise is for model srtm");
  refused(image + "--model srtm" + study().reference + "--regularise 5 --weights residuals", 2,
          "--regularise takes no");

  DynamicImage many;
  many.grid = study().image.grid;
  many.grid.size = {4, 4, 4};
  many.unit = study().image.unit;
  many.tracer = study().image.tracer;
  std::vector<Frame> frames;
  for (int f = 0; f < 65536; ++f) frames.push_back({f / 600.0, (f + 1) / 600.0});
  many.frames = Frames(frames);
  many.voxels.assign(64 * frames.size(), 1.0F);
  study().write_image("many", many);
  LabelMap few;
  few.grid = many.grid;
  few.labels.assign(64, 1);
  write_label_map(few, study().path / "few.nii");
  study().write("few.tsv", "index\tname\n1\tcerebellum\n");
  refused("many.nii --model srtm --labels few.nii --table few.tsv --reference cerebellum", 65,
          "found 65536 frames, expected at most 4096 for maps");
}
