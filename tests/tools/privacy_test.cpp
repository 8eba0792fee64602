// SPDX-License-Identifier: Apache-2.0
// Every command on a scan of a person, and on scans that are refused: nothing that is written or said holds who it was.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cctype>

#include "tests/libpet/dicom/dicom_item.h"
#include "tests/libpet/study_text.h"
#include "tests/tools/command_fixture.h"

namespace {

using pet::test::put;
namespace fs = std::filesystem;

constexpr const char* secrets[] = {"Quijotada", "Dulcinea",    "QX47110815", "19410723",
                                   "ACC90210",  "OTHERID5150", "Rocinante",  "Toboso"};

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

DcmItem& item_of(DcmItem& data, const DcmTagKey& sequence) {
  DcmItem* item = nullptr;
  REQUIRE(data.findOrCreateSequenceItem(sequence, item).good());
  return *item;
}

// Who was scanned, at the top, in items, in items of items, and repeated in free text.
void identify(DcmItem& data) {
  put(data, DCM_PatientName, "Quijotada^Dulcinea");
  put(data, DCM_PatientID, "QX47110815");
  put(data, DCM_PatientBirthDate, "19410723");
  put(data, DCM_AccessionNumber, "ACC90210");
  put(item_of(data, DCM_OtherPatientIDsSequence), DCM_PatientID, "OTHERID5150");
  DcmItem& request = item_of(data, DCM_RequestAttributesSequence);
  put(request, DCM_RequestedProcedureDescription, "Brain of Rocinante Quijotada");
  put(item_of(request, DCM_RequestedProcedureCodeSequence), DCM_CodeMeaning, "Toboso");
  put(data, DCM_PatientComments, "Rocinante of Toboso");
  put(data, DCM_StudyDescription, "brain QX47110815");
}

using Change = std::function<void(DcmDataset&)>;

void change_all(const fs::path& folder, const Change& change) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    DcmFileFormat file;
    REQUIRE(file.loadFile(entry.path().c_str()).good());
    REQUIRE(file.loadAllDataIntoMemory().good());
    change(*file.getDataset());
    REQUIRE(file.saveFile(entry.path().c_str(), EXS_LittleEndianExplicit).good());
  }
}

// A simulated study of which every DICOM file says who was scanned.
const Workplace& study() {
  static const Workplace here;
  static const bool is_made = [] {
    here.write("study.json", pet::test::small_study().dump(1));
    if (here.run("pet-simulate study.json -o in").status != 0) return false;
    for (const char* session : {"baseline", "drug"})
      change_all(here.path / "in" / ("ses-" + std::string(session)) / "dicom", identify);
    return true;
  }();
  REQUIRE(is_made);
  return here;
}

void check_holds_nobody(const std::string& what, const std::string& text) {
  const std::string searched = lower(text);
  for (const char* secret : secrets) {
    INFO(what << " and " << secret);
    CHECK(searched.find(lower(secret)) == std::string::npos);
  }
}

CommandResult run_checked(const std::string& line, int status = 0) {
  const CommandResult result = study().run(line);
  INFO(line << '\n' << result.err);
  CHECK(result.status == status);
  check_holds_nobody(line, result.out + result.err);
  return result;
}

bool is_dicom(const fs::path& path) {
  return path.extension() == ".dcm";
}

}  // namespace

TEST_CASE("Nothing that the commands write or say holds who was scanned", "[privacy]") {
  const Workplace& here = study();
  const std::string dicom = "in/ses-baseline/dicom";
  const auto file_of = [&](const std::string& session, const std::string& end) {
    for (const auto& entry : fs::directory_iterator(here.path / "in" / ("ses-" + session)))
      if (entry.path().string().ends_with(end)) return entry.path().string();
    FAIL("no file *" + end);
    return std::string();
  };
  fs::create_directories(here.path / "out");
  run_checked("pet-info in/ses-baseline in/ses-drug");
  run_checked("pet-info --json in/ses-baseline");
  run_checked("pet-convert " + dicom + " -o out/bids/ --subject 01 --uncompressed");
  for (const std::string session : {"baseline", "drug"})
    run_checked("pet-convert in/ses-" + session + "/dicom -o raw/ --subject 01 --uncompressed --session " + session);
  for (const std::string session : {"baseline", "drug"})
    run_checked("pet-tac in/ses-" + session + "/dicom --labels " + file_of(session, "_dseg.nii.gz") +
                " --seg-out out/" + session + ".dcm -o out/" + session + "_tacs.tsv");
  run_checked("pet-input " + file_of("baseline", "_blood.tsv") + " -o out/x_inputfunction.tsv");
  for (const std::string session : {"baseline", "drug"})
    run_checked("pet-fit out/" + session + "_tacs.tsv --reference label-1 --model srtm --force -o out/" + session +
                "_kinpar.tsv --report-dicom out/" + session + "_report.dcm --source in/ses-" + session + "/dicom");
  for (const std::string session : {"baseline", "drug"})
    run_checked("pet-map in/ses-" + session + "/dicom --model srtm --labels " + file_of(session, "_dseg.nii.gz") +
                " --reference label-1 --uncompressed --format nifti,dicom -o out/" + session);
  run_checked(
      "pet-occupancy-map --baseline out/baseline_model-SRTM_meas-BPND_mimap.nii --drug "
      "out/drug_model-SRTM_meas-BPND_mimap.nii --uncompressed -o out/occupancy");
  run_checked("pet-density out/baseline_kinpar.tsv --bmax-factor 20 --bmax-factor-se 2 -o out/x_density.tsv");
  here.write("scans.tsv", "dose\toccupancy\n1\t0.1\n3\t0.29\n8\t0.5\n15\t0.6\n25\t0.66\n");
  run_checked("pet-curve scans.tsv --x dose --x-unit mg -o out/x_curve.tsv");
  run_checked("pet-occupancy --baseline out/baseline_kinpar.tsv --drug out/drug_kinpar.tsv -o out/x_occupancy.tsv");
  // The app on the images of the same scans, of which it can make curves; what it says of them is searched too.
  here.run(
      "for f in in/ses-*/*_dseg.nii.gz; do s=$(basename $(dirname $f)); cp $f "
      "raw/sub-01/$s/pet/sub-01_${s}_dseg.nii.gz; done");
  here.write("app.json",
             R"({"schema_version": 1, "drugs": [{"session": "drug", "name": "d"}],
                 "fit": [{"model": "srtm", "reference": "label-1"}], "occupancy": [{"method": "bpnd"}]})");
  run_checked("occupet raw out/app participant --config-file app.json");
  run_checked("occupet raw out/app group --config-file app.json");
  if (fs::is_directory(std::string(OCCUPET_SOURCE_DIR) + "/data/report")) {
    run_checked("pet-report out -o out/report.html");
    CHECK(here.has("out/app/sub-01.html"));
  } else {
    WARN("no scripts for the figures in data/report: no page was searched");
  }

  std::size_t derived = 0;
  for (const auto& entry : fs::recursive_directory_iterator(here.path / "out")) {
    const std::string name = entry.path().lexically_relative(here.path).string();
    check_holds_nobody("the name", name);
    if (!entry.is_regular_file()) continue;
    const std::string content = here.read(name);
    // DICOM requires the patient and the study of an object in it.
    if (is_dicom(entry.path())) {
      ++derived;
      CHECK(content.find("Quijotada^Dulcinea") != std::string::npos);
    } else {
      check_holds_nobody(name, content);
    }
  }
  CHECK(derived > 4);
}

TEST_CASE("No refusal holds who was scanned", "[privacy]") {
  const Workplace& here = study();
  const auto refuse = [&](const std::string& what, const Change& change) {
    fs::remove_all(here.path / "bad");
    fs::copy(here.path / "in" / "ses-baseline" / "dicom", here.path / "bad", fs::copy_options::recursive);
    change_all(here.path / "bad", change);
    INFO(what);
    for (const std::string line :
         {"pet-info bad", "pet-info --json bad", "pet-convert bad -o bad-out/ --subject 01",
          "pet-tac bad --labels in/none.nii.gz -o bad_tacs.tsv", "pet-convert bad --suv bw -o bad-out/ --subject 01"}) {
      const CommandResult result = here.run(line);
      check_holds_nobody(what + ": " + line, result.out + result.err);
    }
    fs::remove_all(here.path / "bad-out");
  };
  // Who was scanned stands where something else belongs.
  for (const DcmTagKey& tag : {DCM_Units,
                               DCM_SeriesType,
                               DCM_CountsSource,
                               DCM_CorrectedImage,
                               DCM_DecayCorrection,
                               DCM_ImageType,
                               DCM_SeriesDescription,
                               DCM_Manufacturer,
                               DCM_ManufacturerModelName,
                               DCM_ReconstructionMethod,
                               DCM_AcquisitionTime,
                               DCM_AcquisitionDate,
                               DCM_SeriesTime,
                               DCM_RescaleSlope,
                               DCM_ActualFrameDuration,
                               DCM_DecayFactor,
                               DCM_PatientWeight,
                               DCM_TimezoneOffsetFromUTC,
                               DCM_SOPClassUID,
                               DCM_LossyImageCompression,
                               DCM_ConvolutionKernel,
                               DCM_ImagePositionPatient,
                               DCM_FrameOfReferenceUID,
                               DCM_SpecificCharacterSet})
    refuse(tag.toString().c_str(), [&](DcmDataset& data) { put(data, tag, "Quijotada^Dulcinea"); });
  for (const DcmTagKey& tag :
       {DCM_Radiopharmaceutical, DCM_RadiopharmaceuticalStartTime, DCM_RadiopharmaceuticalStartDateTime,
        DCM_RadionuclideHalfLife, DCM_RadionuclideTotalDose})
    refuse(tag.toString().c_str(), [&](DcmDataset& data) {
      put(item_of(data, DCM_RadiopharmaceuticalInformationSequence), tag, "QX47110815");
    });
  refuse("two series", [](DcmDataset& data) {
    OFString uid;
    REQUIRE(data.findAndGetOFString(DCM_SOPInstanceUID, uid).good());
    put(data, DCM_SeriesInstanceUID, uid.c_str());
    put(data, DCM_SeriesDescription, "Dulcinea rest");
  });
}
