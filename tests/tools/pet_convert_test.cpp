// SPDX-License-Identifier: Apache-2.0
// From a simulated scanner to a BIDS dataset, and back into its study.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "libpet/dicom/segmentation.h"
#include "libpet/io/nifti.h"
#include "libpet/labels.h"
#include "tests/libpet/dicom/validator.h"
#include "tests/libpet/study_text.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

using nlohmann::json;

// One simulated study for all tests of this file; its first scan begins at 23:55 and goes over midnight.
const Workplace& study() {
  static const Workplace here;
  static const bool is_made = [] {
    here.write("study.json", pet::test::small_study().dump(1));
    return here.run("pet-simulate study.json -o made").status == 0;
  }();
  REQUIRE(is_made);
  return here;
}

std::string dicom(const std::string& session) {
  return (study().path / "made" / ("ses-" + session) / "dicom").string();
}

std::string dseg(const std::string& session) {
  for (const auto& entry : std::filesystem::directory_iterator(study().path / "made" / ("ses-" + session)))
    if (entry.path().string().ends_with("_dseg.nii.gz")) return entry.path().string();
  FAIL("no label map");
  return "";
}

const std::string baseline_stem = "bids/sub-01/ses-baseline/pet/sub-01_ses-baseline_trc-11CX_pet";
const std::string all_that_is_asked_for =
    " --set ModeOfAdministration=bolus --set 'AcquisitionMode=list mode' --set 'ReconMethodName=OSEM'"
    " --set 'ReconMethodParameterLabels=[\"iterations\", \"subsets\"]'"
    " --set 'ReconMethodParameterUnits=[\"none\", \"none\"]' --set 'ReconMethodParameterValues=[3, 21]'"
    " --set ReconFilterType=none";

CommandResult convert(const Workplace& here, const std::string& options = "", const std::string& session = "baseline") {
  return here.run("pet-convert " + dicom(session) + " -o bids/ --subject 01 --session " + session + options);
}

json sidecar(const Workplace& here, const std::string& stem = baseline_stem) {
  return json::parse(here.read(stem + ".json"));
}

// What the slices of a frame store, from their integers: place along z in mm -> Bq/mL, j by j.
std::map<double, std::vector<double>> stored_slices(const std::filesystem::path& folder, const std::string& frame) {
  std::map<double, std::vector<double>> slices;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().filename().string().find(frame) == std::string::npos) continue;
    DcmFileFormat file;
    REQUIRE(file.loadFile(entry.path().c_str()).good());
    DcmDataset& data = *file.getDataset();
    Float64 slope = 0.0, z = 0.0;
    const Uint16* pixels = nullptr;
    unsigned long count = 0;
    REQUIRE(data.findAndGetFloat64(DCM_RescaleSlope, slope).good());
    REQUIRE(data.findAndGetFloat64(DCM_ImagePositionPatient, z, 2).good());
    REQUIRE(data.findAndGetUint16Array(DCM_PixelData, pixels, &count).good());
    for (unsigned long i = 0; i < count; ++i) slices[z].push_back(slope * static_cast<Sint16>(pixels[i]));
  }
  return slices;
}

}  // namespace

TEST_CASE("pet-convert writes what the slices store, in Bq/mL", "[pet-convert]") {
  const Workplace here;
  const CommandResult result = convert(here);
  INFO(result.err);
  REQUIRE(result.status == 0);
  const DynamicImage image = read_nifti_image(here.path / (baseline_stem + ".nii.gz"));
  REQUIRE(image.frames.size() == 10);
  for (const std::size_t frame : {4u, 9u}) {
    const auto slices = stored_slices(dicom("baseline"), frame == 4 ? "frame-005" : "frame-010");
    REQUIRE(slices.size() == 6);
    std::size_t v = 0;
    double largest = 0.0;
    for (const auto& [z, values] : slices)
      for (const double value : values) {
        const double read_Bq = 1e3 * static_cast<double>(image.frame(frame)[v++]);
        largest = std::max(largest, std::abs(value));
        REQUIRE(read_Bq == Approx(value).epsilon(3e-7).margin(1e-9));
      }
    CHECK(v == image.grid.voxel_count());
    CHECK(largest > 0.0);
  }
}

TEST_CASE("pet-convert keeps frame times over midnight", "[pet-convert]") {
  const Workplace here;
  REQUIRE(convert(here).status == 0);
  const json object = sidecar(here);
  CHECK(object["TimeZero"] == "23:55:00");
  CHECK(object["InjectionStart"] == 0);
  CHECK(object["ScanStart"] == 0.0);
  // Six frames of 10 s, a gap of 60 s, four of 120 s.
  CHECK(object["FrameTimesStart"] == json({0, 10, 20, 30, 40, 50, 120, 240, 360, 480}));
  CHECK(object["FrameDuration"] == json({10, 10, 10, 10, 10, 10, 120, 120, 120, 120}));
  CHECK(object["ImageDecayCorrected"] == true);
  CHECK(object["ImageDecayCorrectionTime"] == 0);
  // exp(lambda t) lambda T / (1 - exp(-lambda T)), half-life 1200 s, for t = 480 s and T = 120 s.
  const double lambda = std::log(2.0) / 1200.0;
  CHECK(object["DecayCorrectionFactor"][9].get<double>() ==
        Approx(std::exp(lambda * 480.0) * lambda * 120.0 / (1.0 - std::exp(-lambda * 120.0))).epsilon(1e-9));
}

TEST_CASE("A converted image gives the curves of its DICOM series", "[pet-convert]") {
  const Workplace here;
  REQUIRE(convert(here, all_that_is_asked_for).status == 0);
  const std::string labels = dseg("baseline");
  const CommandResult nifti = here.run("pet-tac " + baseline_stem + ".nii.gz --labels " + labels);
  const CommandResult direct = here.run("pet-tac " + dicom("baseline") + " --labels " + labels);
  REQUIRE(nifti.status == 0);
  REQUIRE(direct.status == 0);
  CHECK(nifti.err.empty());
  // Both are means of single-precision values that differ by rounding: the first six digits agree.
  std::istringstream a(nifti.out), b(direct.out);
  std::string header_a, header_b;
  std::getline(a, header_a);
  std::getline(b, header_b);
  CHECK(header_a == header_b);
  double from_nifti = 0.0, from_dicom = 0.0;
  int count = 0;
  while (a >> from_nifti && b >> from_dicom) {
    CHECK(from_nifti == Approx(from_dicom).epsilon(1e-6));
    ++count;
  }
  CHECK(count == 10 * 4);
}

TEST_CASE("pet-convert names every required key that nobody gave and writes no guess", "[pet-convert]") {
  const Workplace here;
  const CommandResult result = convert(here);
  for (const std::string key : {"ModeOfAdministration", "AcquisitionMode", "ReconMethodName",
                                "ReconMethodParameterLabels", "ReconFilterType"}) {
    CHECK_THAT(result.err, Catch::Contains(key));
    CHECK_FALSE(sidecar(here).contains(key));
  }
  CHECK_THAT(result.err, Catch::Contains("n/a: InjectedMass, SpecificRadioactivity"));
  CHECK(sidecar(here)["InjectedMass"] == "n/a");

  const CommandResult complete = convert(here, all_that_is_asked_for + " --force");
  CHECK(complete.status == 0);
  CHECK_THAT(complete.err, !Catch::Contains("requires"));
  CHECK(sidecar(here)["ReconMethodParameterValues"] == json({3, 21}));
  CHECK(sidecar(here)["AcquisitionMode"] == "list mode");
}

TEST_CASE("Amounts follow from a molar activity that is given", "[pet-convert]") {
  const Workplace here;
  const CommandResult result = convert(here, " --set MolarActivity=50 --set MolarActivityUnits=GBq/umol");
  REQUIRE(result.status == 0);
  const json object = sidecar(here);
  CHECK(object["InjectedRadioactivity"] == 400.0);
  CHECK(object["InjectedMass"].get<double>() == Approx(0.4 / 50.0));  // 0.4 GBq / (50 GBq/umol)
  CHECK(object["InjectedMassUnits"] == "umol");
  CHECK(object["SpecificRadioactivity"] == 50.0);
  CHECK_THAT(result.err, !Catch::Contains("n/a"));
}

TEST_CASE("A value that is given in place of the header's is said to be", "[pet-convert]") {
  const Workplace here;
  const CommandResult result = convert(here, " --set InjectedRadioactivity=390");
  CHECK_THAT(result.err, Catch::Contains("in place of what the header says: InjectedRadioactivity"));
  CHECK(sidecar(here)["InjectedRadioactivity"] == 390);
}

TEST_CASE("pet-convert takes members from a file, and --set goes before it", "[pet-convert]") {
  const Workplace here;
  here.write("lab.json", R"({"InstitutionName": "Somewhere", "AcquisitionMode": "list mode"})");
  REQUIRE(convert(here, " --metadata lab.json --set AcquisitionMode=frames").status == 0);
  CHECK(sidecar(here)["InstitutionName"] == "Somewhere");
  CHECK(sidecar(here)["AcquisitionMode"] == "frames");
  here.write("bad.json", "[1]");
  CHECK(convert(here, " --metadata bad.json --force").status == 65);
}

TEST_CASE("pet-convert refuses keys and labels that make no sense, and then writes nothing", "[pet-convert]") {
  const Workplace here;
  const auto refused = [&](const std::string& options, const std::string& message) {
    const CommandResult result = convert(here, options);
    INFO(options << ": " << result.err);
    CHECK(result.status == 2);
    CHECK(is_one_line(result.err));
    CHECK_THAT(result.err, Catch::Contains(message));
    CHECK_FALSE(here.has("bids"));
  };
  refused(" --set ModeOfAdministratoin=bolus", "did you mean 'ModeOfAdministration'?");
  refused(" --set FrameDuration=10", "follows from the image");
  refused(" --set InjectedRadioactivity=lots", "expected a number");
  refused(" --set bolus", "expected KEY=VALUE");
  refused(" --trc 11C-X", "letters and digits only");
  refused(" --run one", "a whole number");
  CHECK(here.run("pet-convert " + dicom("baseline") + " -o bids").status == 2);
  here.write("file", "");
  CHECK(here.run("pet-convert " + dicom("baseline") + " -o file --subject 01").status == 2);
  CHECK(here.run("pet-convert nowhere -o bids --subject 01").status == 66);
  CHECK_FALSE(here.has("bids"));
}

TEST_CASE("A second conversion leaves the dataset's description and refuses to replace an image", "[pet-convert]") {
  const Workplace here;
  std::filesystem::create_directories(here.path / "bids");
  here.write("bids/dataset_description.json", R"({"Name": "mine", "BIDSVersion": "1.9.0"})");
  REQUIRE(convert(here).status == 0);
  const std::string image = here.read(baseline_stem + ".nii.gz");
  const CommandResult again = convert(here);
  CHECK(again.status == 2);
  CHECK_THAT(again.err, Catch::Contains("--force"));
  REQUIRE(convert(here, "", "drug").status == 0);
  CHECK_THAT(here.read("bids/dataset_description.json"), Catch::Contains("mine"));
  CHECK(here.read(baseline_stem + ".nii.gz") == image);
  CHECK(here.has("bids/sub-01/ses-drug/pet/sub-01_ses-drug_trc-11CX_pet.nii.gz"));
}

TEST_CASE("Of several series in a folder one is converted by its UID", "[pet-convert]") {
  const Workplace here;
  std::filesystem::create_directories(here.path / "both");
  std::filesystem::copy(dicom("baseline"), here.path / "both/a");
  std::filesystem::copy(dicom("drug"), here.path / "both/b");
  const CommandResult unclear = here.run("pet-convert both -o bids --subject 01");
  CHECK(unclear.status == 65);
  CHECK_THAT(unclear.err, Catch::Contains("2 PET images"));
  CHECK_FALSE(here.has("bids"));
  const CommandResult info = here.run("pet-info --json both");
  std::string uid;
  for (const json& one : json::parse(info.out))
    if (one["SeriesDescription"].get<std::string>().find("drug") != std::string::npos) uid = one["SeriesInstanceUID"];
  REQUIRE(here.run("pet-convert both -o bids --subject 01 --task rest --rec acdyn --run 2 --series " + uid).status ==
          0);
  const json object = sidecar(here, "bids/sub-01/pet/sub-01_task-rest_trc-11CX_rec-acdyn_run-2_pet");
  CHECK(object["TimeZero"] == "09:00:01");  // 09:00:00.5, rounded
  CHECK(object["TaskName"] == "rest");
  CHECK(object["InjectedRadioactivity"] == 200.0);
}

TEST_CASE("A scan without an injection time counts from its start and says that the injection is missing",
          "[pet-convert]") {
  const Workplace here;
  std::filesystem::copy(dicom("baseline"), here.path / "dicom");
  for (const auto& entry : std::filesystem::directory_iterator(here.path / "dicom")) {
    DcmFileFormat file;
    REQUIRE(file.loadFile(entry.path().c_str()).good());
    DcmItem* tracer = nullptr;
    REQUIRE(file.getDataset()->findAndGetSequenceItem(DCM_RadiopharmaceuticalInformationSequence, tracer).good());
    tracer->findAndDeleteElement(DCM_RadiopharmaceuticalStartDateTime);
    tracer->findAndDeleteElement(DCM_RadiopharmaceuticalStartTime);
    REQUIRE(file.saveFile(entry.path().c_str()).good());
  }
  const CommandResult unknown = here.run("pet-convert dicom -o bids --subject 01");
  REQUIRE(unknown.status == 0);
  CHECK_THAT(unknown.err, Catch::Contains("requires InjectionStart") && Catch::Contains("--injection-time"));
  const std::string stem = "bids/sub-01/pet/sub-01_trc-11CX_pet";
  CHECK_FALSE(sidecar(here, stem).contains("InjectionStart"));
  CHECK(sidecar(here, stem)["TimeZero"] == "23:55:00");
  // Two minutes before the scan.
  REQUIRE(here.run("pet-convert dicom -o bids --subject 01 --force --injection-time 23:53:00").status == 0);
  CHECK(sidecar(here, stem)["TimeZero"] == "23:53:00");
  CHECK(sidecar(here, stem)["ScanStart"] == 120.0);
  CHECK(sidecar(here, stem)["FrameTimesStart"][9] == 600.0);
  CHECK(sidecar(here, stem)["ImageDecayCorrectionTime"] == 120.0);  // the start of the scan, as the scanner did it
}

TEST_CASE("pet-convert gives the same bytes with one and two threads", "[pet-convert]") {
  const Workplace here;
  REQUIRE(convert(here, " -j 1").status == 0);
  const std::string image = here.read(baseline_stem + ".nii.gz");
  const std::string text = here.read(baseline_stem + ".json");
  REQUIRE(convert(here, " -j 2 --force").status == 0);
  CHECK(here.read(baseline_stem + ".nii.gz") == image);
  CHECK_THAT(here.read("bids/dataset_description.json"), Catch::Contains("\"Name\": \"bids\""));
  CHECK(here.read(baseline_stem + ".json").size() == text.size() + std::string(" --force").size());
}

TEST_CASE("Nothing that pet-convert writes or says holds the patient's name or ID, a UID or a date", "[pet-convert]") {
  const Workplace here;
  const CommandResult result = convert(here, " --uncompressed");
  REQUIRE(result.status == 0);
  std::string all = result.out + result.err;
  for (const std::string& file : here.files())
    if (std::filesystem::is_regular_file(here.path / file)) all += file + here.read(file);
  // The simulator's patient is SIMULATED^SIM01.
  for (const std::string secret : {"SIMULATED", "SIM01", "2.25.", "2026", "20260131"})
    CHECK(all.find(secret) == std::string::npos);
}

TEST_CASE("The BIDS Validator finds no error in what pet-convert writes", "[pet-convert]") {
  const Workplace here;
  REQUIRE(convert(here, all_that_is_asked_for).status == 0);
  REQUIRE(convert(here, all_that_is_asked_for, "drug").status == 0);
  const CommandResult result = here.run(std::string(OCCUPET_SOURCE_DIR) + "/tests/bids_validator.sh bids");
  if (result.status == 77) {
    WARN("the BIDS Validator is not installed (tests/bids_validator.sh --install); nothing was validated");
    return;
  }
  INFO(result.out << result.err);
  CHECK(result.status == 0);
  CHECK(result.out.find("[ERROR]") == std::string::npos);
  // It does see what is missing.
  REQUIRE(convert(here, " --force").status == 0);
  CHECK(here.run(std::string(OCCUPET_SOURCE_DIR) + "/tests/bids_validator.sh bids").status != 0);
}

TEST_CASE("pet-tac --seg-out writes labels that are read back voxel by voxel and give the same curves", "[seg-out]") {
  const Workplace here;
  LabelMap labels = read_label_map(dseg("baseline"));
  // Numbers with gaps, as FreeSurfer has them.
  for (std::int32_t& label : labels.labels) label = label == 1 ? 47 : label == 2 ? 1027 : 0;
  write_label_map(labels, here.path / "dseg.nii.gz");
  here.write("dseg.tsv", "index\tname\n47\tcerebellum\n1027\tctx-lh-rostralmiddlefrontal\n");
  const std::string line = "pet-tac " + dicom("baseline") + " --labels ";
  const CommandResult first = here.run(line + "dseg.nii.gz --table dseg.tsv --seg-out seg.dcm");
  INFO(first.err);
  REQUIRE(first.status == 0);

  LabelMap read = align_labels(read_dicom_segmentation(here.path / "seg.dcm"), labels.grid, "seg");
  CHECK(read.names == std::map<std::int32_t, std::string>{{1, "cerebellum"}, {2, "ctx-lh-rostralmiddlefrontal"}});
  for (std::int32_t& label : read.labels) label = label == 1 ? 47 : label == 2 ? 1027 : 0;
  CHECK(read.labels == labels.labels);
  CHECK(here.run(line + "seg.dcm").out == first.out);

  CHECK(here.run(line + "dseg.nii.gz --table dseg.tsv --seg-out seg.dcm").status == 2);  // exists
  const std::string bytes = here.read("seg.dcm");
  REQUIRE(here.run("rm seg.dcm && " + line + "dseg.nii.gz --table dseg.tsv --seg-out seg.dcm -j 1").status == 0);
  CHECK(here.read("seg.dcm") == bytes);
  REQUIRE(here.run(line + "dseg.nii.gz --table dseg.tsv --seg-out again.dcm -o t_tacs.tsv").status == 0);
  CHECK(here.read("t_tacs.tsv") == first.out);
}

TEST_CASE("dciodvfy finds no error in the Segmentation of pet-tac", "[seg-out]") {
  if (!pet::test::is_validator_there()) {
    WARN("dciodvfy is not installed; nothing was validated");
    return;
  }
  const Workplace here;
  REQUIRE(here.run("pet-tac " + dicom("drug") + " --labels " + dseg("drug") + " --seg-out seg.dcm").status == 0);
  const std::string text = pet::test::validator_output(here.path / "seg.dcm");
  INFO(text);
  CHECK(text.find("Segmentation") != std::string::npos);
  CHECK(text.find("Error") == std::string::npos);
}

TEST_CASE("A Segmentation is refused for a NIfTI image and for a name that no segment can have", "[seg-out]") {
  const Workplace here;
  REQUIRE(convert(here, all_that_is_asked_for).status == 0);
  const CommandResult nifti =
      here.run("pet-tac " + baseline_stem + ".nii.gz --labels " + dseg("baseline") + " --seg-out seg.dcm");
  CHECK(nifti.status == 2);
  CHECK_THAT(nifti.err, Catch::Contains("--seg-out is for DICOM series"));
  here.write("dseg.tsv", "index\tname\n1\t" + std::string(65, 'x') + "\n2\tcortex\n");
  const CommandResult name = here.run("pet-tac -q " + dicom("baseline") + " --labels " + dseg("baseline") +
                                      " --table dseg.tsv --seg-out seg.dcm");
  CHECK(name.status == 2);
  CHECK_FALSE(here.has("seg.dcm"));
}

TEST_CASE("pet-convert --suv writes uptake as derived data", "[pet-convert]") {
  const std::filesystem::path objects = std::filesystem::path(OCCUPET_REFERENCE_DIR) / "dicom_ibsi_suv";
  const Workplace here;
  const CommandResult dynamic = here.run("pet-convert " + dicom("baseline") + " -o d --subject 01 --suv bw");
  CHECK(dynamic.status == 65);
  CHECK_THAT(dynamic.err, Catch::Contains("(0054,1000)") && Catch::Contains("DYNAMIC"));
  CHECK_FALSE(here.has("d"));
  if (!std::filesystem::is_directory(objects)) {
    WARN("the reference objects are not there; nothing was compared");
    return;
  }
  const std::string line = "pet-convert " + (objects / "DRO_3_4/PT").string() + " -o d --subject 01 --suv ";
  const CommandResult result = here.run(line + "lbmjames128");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const json written = sidecar(here, "d/sub-01/pet/sub-01_trc-FDG_desc-SUVLBMJAMES128_pet");
  CHECK(written["Units"] == "g/mL");
  CHECK(written["SUVType"] == "LBMJAMES128");
  CHECK(here.has("d/sub-01/pet/sub-01_trc-FDG_desc-SUVLBMJAMES128_pet.nii.gz"));
  CHECK(json::parse(here.read("d/dataset_description.json"))["DatasetType"] == "derivative");
  CHECK_THAT(here.read("d/sub-01/pet/sub-01_trc-FDG_desc-SUVLBMJAMES128_pet.json"), !Catch::Contains("PHANTOM"));
  CHECK(here.run(line + "bw --set A=b").status == 2);
  std::filesystem::create_directory(here.path / "raw");
  here.write("raw/dataset_description.json", R"({"Name": "raw", "BIDSVersion": "1.9.0"})");
  const CommandResult raw =
      here.run("pet-convert " + (objects / "DRO_3_4/PT").string() + " -o raw --subject 01 --suv bw");
  CHECK(raw.status == 2);
  CHECK_THAT(raw.err, Catch::Contains("a dataset of raw data"));
  CHECK(here.run(line + "mass").status == 2);
  const CommandResult reference = here.run(line + "bw --decay-reference scan-start");
  CHECK(reference.status == 2);
  CHECK_THAT(reference.err, Catch::Contains("neither a decay reference"));
}
