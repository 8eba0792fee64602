// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/measurement_report.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmsr/dsrdoc.h>
#include <dcmtk/dcmsr/dsrnumtn.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "libpet/dicom/parametric_map.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/simulated_series.h"
#include "tests/libpet/dicom/validator.h"

using namespace pet;
using namespace pet::test;

namespace {

ModelResults small_results() {
  ModelResults results;
  results.label = "SRTM";
  results.title = "Simplified reference tissue model";
  ParameterTable& table = results.parameters;
  table.parameters = {"BPND", "k2"};
  table.units = {"1", "1/min"};
  table.has_intervals = true;
  table.rows.resize(3);
  // 1/3 needs more digits than a decimal string has.
  table.rows[0] = {1, "cortex", {{1.0 / 3.0, 0.05, 0.2, 0.4}, {0.1, 0.01, {}, {}}}, "ok", {}, {}};
  table.rows[1] = {2, "putamen", {{-0.1, {}, {}, {}}, {0.2, {}, {}, {}}}, "at_bound", {"k2_at_bound", "low_binding"},
                   {}};
  table.rows[2] = {3, "raphe", {{}, {}}, "failed", {"zero_curve"}, {}};
  return results;
}

struct ReportOnDisk {
  WrittenSeries series;
  std::filesystem::path pet = series.folder / "pet";
  std::filesystem::path segmentation = series.folder / "seg.dcm";
  std::filesystem::path file = series.folder / "report.dcm";
  std::vector<std::string> without_segment;

  explicit ReportOnDisk(bool has_segmentation, const std::vector<ModelResults>& results = {small_results()}) {
    std::filesystem::create_directories(pet);
    std::vector<std::filesystem::path> slices;
    for (const auto& slice : series.files) {
      std::filesystem::rename(slice, pet / slice.filename());
      if (slices.size() < 3) slices.push_back(pet / slice.filename());
    }
    LabelMap labels;
    labels.grid = small_image().grid;
    labels.labels.assign(labels.grid.voxel_count(), 0);
    labels.labels[21] = 7;
    labels.labels[22] = 9;
    labels.names = {{7, "putamen"}, {9, "cortex"}};
    write_dicom_segmentation(labels, slices, "seed", segmentation);
    without_segment = write(results, has_segmentation);
  }
  std::vector<std::string> write(const std::vector<ModelResults>& results, bool has_segmentation) const {
    return write_measurement_report(results, {pet, "", 1},
                                    has_segmentation ? std::optional(segmentation) : std::nullopt, "seed", file);
  }
};

// One measurement as DCMTK's document reader finds it.
struct Measurement {
  std::string quantity, unit, derivation, text;
  double number = 0.0;
  bool has_value = false;
};

struct Group {
  std::string region, status, flags, method;
  std::string segment_instance;
  int segment = 0;
  std::vector<Measurement> measurements;

  const Measurement& find(const std::string& quantity, const std::string& derivation = "") const {
    for (const Measurement& one : measurements)
      if (one.quantity == quantity && one.derivation == derivation) return one;
    FAIL("no measurement " << quantity << " " << derivation << " of " << region);
    return measurements.front();
  }
  bool has(const std::string& quantity, const std::string& derivation) const {
    return std::any_of(measurements.begin(), measurements.end(), [&](const Measurement& one) {
      return one.quantity == quantity && one.derivation == derivation;
    });
  }
};

OFString text(DcmItem& item, const DcmTagKey& tag) {
  OFString value;
  item.findAndGetOFString(tag, value);
  return value;
}

std::string code_of(DcmItem& item, const DcmTagKey& sequence) {
  DcmItem* code = nullptr;
  return item.findAndGetSequenceItem(sequence, code).good() ? text(*code, DCM_CodeValue) : "";
}

Measurement measurement(DcmItem& item) {
  Measurement result;
  result.quantity = code_of(item, DCM_ConceptNameCodeSequence);
  DcmItem *value = nullptr, *child = nullptr;
  result.has_value = item.findAndGetSequenceItem(DCM_MeasuredValueSequence, value).good();
  if (result.has_value) {
    result.text = text(*value, DCM_NumericValue);
    result.unit = code_of(*value, DCM_MeasurementUnitsCodeSequence);
    REQUIRE(value->findAndGetFloat64(DCM_FloatingPointValue, result.number).good());
  }
  for (long i = 0; item.findAndGetSequenceItem(DCM_ContentSequence, child, i).good(); ++i)
    if (code_of(*child, DCM_ConceptNameCodeSequence) == "121401")
      result.derivation = code_of(*child, DCM_ConceptCodeSequence);
  return result;
}

Group group(DcmItem& container) {
  Group result;
  DcmItem *item = nullptr, *reference = nullptr;
  for (long i = 0; container.findAndGetSequenceItem(DCM_ContentSequence, item, i).good(); ++i) {
    const std::string name = code_of(*item, DCM_ConceptNameCodeSequence);
    if (text(*item, DCM_ValueType) == "NUM") result.measurements.push_back(measurement(*item));
    if (name == "112039") result.region = text(*item, DCM_TextValue);
    if (name == "STATUS") result.status = text(*item, DCM_TextValue);
    if (name == "FLAGS") result.flags = text(*item, DCM_TextValue);
    if (name == "370129005" || name == "G-C036") result.method = code_of(*item, DCM_ConceptCodeSequence);
    if (text(*item, DCM_ValueType) == "IMAGE" &&
        item->findAndGetSequenceItem(DCM_ReferencedSOPSequence, reference).good()) {
      Uint16 number = 0;
      reference->findAndGetUint16(DCM_ReferencedSegmentNumber, number);
      result.segment = number;
      result.segment_instance = text(*reference, DCM_ReferencedSOPInstanceUID);
    }
  }
  return result;
}

// The measurement groups of a report, in order.
std::vector<Group> groups_of(const std::filesystem::path& path) {
  DcmFileFormat file;
  REQUIRE(file.loadFile(path.c_str()).good());
  std::vector<Group> groups;
  DcmItem *item = nullptr, *container = nullptr;
  for (long i = 0; file.getDataset()->findAndGetSequenceItem(DCM_ContentSequence, item, i).good(); ++i) {
    if (code_of(*item, DCM_ConceptNameCodeSequence) != "126010") continue;  // Imaging Measurements
    for (long g = 0; item->findAndGetSequenceItem(DCM_ContentSequence, container, g).good(); ++g)
      groups.push_back(group(*container));
  }
  return groups;
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

}  // namespace

TEST_CASE("A report holds every estimate with its unit, its error and its interval", "[dicom][report]") {
  for (const bool has_segmentation : {false, true}) {
    const ReportOnDisk disk(has_segmentation);
    const std::vector<Group> groups = groups_of(disk.file);
    REQUIRE(groups.size() == 3);
    std::map<std::string, Group> by_region;
    for (const Group& one : groups) by_region[one.region] = one;
    const Group& cortex = by_region.at("cortex");
    CHECK(cortex.find("BPND").number == 1.0 / 3.0);
    CHECK(cortex.find("BPND").text == "0.33333333333333");
    CHECK(cortex.find("BPND").unit == "1");
    CHECK(cortex.find("BPND", "SE").number == 0.05);
    CHECK(cortex.find("BPND", "CI-LOWER").number == 0.2);
    CHECK(cortex.find("BPND", "CI-UPPER").number == 0.4);
    CHECK(cortex.find("k2").number == 0.1);
    CHECK(cortex.find("k2").unit == "/min");
    CHECK(cortex.find("k2", "SE").unit == "/min");
    CHECK(cortex.status == "ok");
    CHECK(cortex.flags.empty());
    CHECK(cortex.method == "SRTM");

    const Group& putamen = by_region.at("putamen");
    CHECK(putamen.find("BPND").number == -0.1);
    CHECK_FALSE(putamen.has("BPND", "SE"));
    CHECK(putamen.status == "at_bound");
    CHECK(putamen.flags == "k2_at_bound;low_binding");
  }
}

TEST_CASE("A fit that failed is a measurement failure, not a missing region", "[dicom][report]") {
  const ReportOnDisk disk(false);
  const Group raphe = groups_of(disk.file).back();
  CHECK(raphe.region == "raphe");
  CHECK_FALSE(raphe.find("BPND").has_value);
  CHECK(raphe.status == "failed");
  CHECK(raphe.flags == "zero_curve");
}

TEST_CASE("Groups refer to the segment that has the name of their region", "[dicom][report]") {
  const ReportOnDisk disk(true);
  DcmFileFormat segmentation;
  REQUIRE(segmentation.loadFile(disk.segmentation.c_str()).good());
  const std::string instance = text(*segmentation.getDataset(), DCM_SOPInstanceUID);
  for (const Group& one : groups_of(disk.file)) {
    INFO(one.region);
    // Segments are numbered in the order of labels: putamen 7, cortex 9.
    CHECK(one.segment == (one.region == "putamen" ? 1 : one.region == "cortex" ? 2 : 0));
    CHECK(one.segment_instance == (one.region == "raphe" ? "" : instance));
  }
  CHECK(disk.without_segment == std::vector<std::string>{"raphe"});
}

TEST_CASE("A report is read by DCMTK and lists all objects of its source as evidence", "[dicom][report]") {
  const ReportOnDisk disk(true);
  DcmFileFormat file, slice;
  REQUIRE(file.loadFile(disk.file.c_str()).good());
  DSRDocument document;
  REQUIRE(document.read(*file.getDataset()).good());
  CHECK(document.getDocumentType() == DSRTypes::DT_EnhancedSR);
  CHECK(document.getCompletionFlag() == DSRTypes::CF_Complete);
  auto& evidence = document.getCurrentRequestedProcedureEvidence();
  CHECK(evidence.getNumberOfInstances() == 10);  // 9 slices and the Segmentation
  for (const auto& entry : std::filesystem::directory_iterator(disk.pet)) {
    REQUIRE(slice.loadFile(entry.path().c_str()).good());
    DcmDataset& data = *slice.getDataset();
    CHECK(evidence
              .gotoItem(text(data, DCM_StudyInstanceUID), text(data, DCM_SeriesInstanceUID),
                        text(data, DCM_SOPInstanceUID))
              .good());
    for (const DcmTagKey& tag : {DCM_StudyInstanceUID, DCM_PatientID, DCM_PatientName})
      CHECK(text(*file.getDataset(), tag) == text(data, tag));
  }
}

TEST_CASE("Several models make groups of their own in one report", "[dicom][report]") {
  ModelResults second = small_results();
  second.label = "MRTM2";
  const ReportOnDisk disk(false, {small_results(), second});
  std::multiset<std::string> methods;
  for (const Group& one : groups_of(disk.file)) methods.insert(one.method);
  CHECK(methods.count("SRTM") == 3);
  CHECK(methods.count("MRTM2") == 3);
}

TEST_CASE("The same results and seed give the same report", "[dicom][report]") {
  const ReportOnDisk first(true), second(true);
  CHECK(bytes_of(first.file) == bytes_of(second.file));
  CHECK(bytes_of(first.file).size() > 1000);
}

TEST_CASE("Every derived object has the patient's name in UTF-8, as its own texts are", "[dicom][report]") {
  ModelResults results = small_results();
  results.parameters.rows[0].name = "H\xC3\xBCgel";  // UTF-8
  ReportOnDisk disk(false);
  std::vector<std::filesystem::path> slices;
  for (const auto& entry : std::filesystem::directory_iterator(disk.pet)) {
    damage(entry.path(), [](DcmDataset& data) {
      data.putAndInsertString(DCM_SpecificCharacterSet, "ISO_IR 100");
      data.putAndInsertString(DCM_PatientName, "M\xFCller^Zo\xEB");  // Latin-1
    });
    if (entry.path().filename().string().starts_with("frame-001")) slices.push_back(entry.path());
  }
  disk.write({results}, false);
  LabelMap labels;
  labels.grid = small_image().grid;
  labels.labels.assign(labels.grid.voxel_count(), 1);
  labels.names = {{1, "H\xC3\xBCgel"}};
  write_dicom_segmentation(labels, slices, "seed", disk.segmentation);
  ParametricMap map;
  map.grid = labels.grid;
  map.values.assign(map.grid.voxel_count(), 1.0f);
  map.quantity = concept_of_quantity("BPND");
  map.unit = concept_of_unit("1");
  map.description = "BPND";
  write_parametric_map(map, {disk.pet, "", 1}, "seed", disk.pet.parent_path() / "map.dcm");
  for (const auto& path : {disk.file, disk.segmentation, disk.pet.parent_path() / "map.dcm"}) {
    DcmFileFormat file;
    REQUIRE(file.loadFile(path.c_str()).good());
    CHECK(text(*file.getDataset(), DCM_SpecificCharacterSet) == "ISO_IR 192");
    CHECK(text(*file.getDataset(), DCM_PatientName) == "M\xC3\xBCller^Zo\xC3\xAB");
  }
  CHECK(groups_of(disk.file).front().region == "H\xC3\xBCgel");
  CHECK(read_dicom_segmentation(disk.segmentation).names.at(1) == "H\xC3\xBCgel");
}

TEST_CASE("dciodvfy finds no error in a measurement report", "[dicom][report]") {
  if (!is_validator_there()) {
    WARN("dciodvfy is not installed; nothing was validated");
    return;
  }
  for (const bool has_segmentation : {false, true}) {
    const ReportOnDisk disk(has_segmentation);
    const std::string output = validator_output(disk.file);
    INFO(output);
    CHECK(output.find("EnhancedSR") != std::string::npos);
    CHECK(output.find("Error") == std::string::npos);
  }
}

TEST_CASE("A report is refused for segments of other regions, of another frame of reference, and odd units",
          "[dicom][report]") {
  const ReportOnDisk disk(true);
  ModelResults other = small_results();
  for (ParameterRow& row : other.parameters.rows) row.name += " left";
  CHECK_THROWS_WITH(disk.write({other}, true), Catch::Contains("the Segmentation has 'cortex', 'putamen'"));
  ModelResults unit = small_results();
  unit.parameters.units[0] = "furlong";
  CHECK_THROWS_AS(disk.write({unit}, false), UsageError);
  damage(disk.segmentation, [](DcmDataset& data) { data.putAndInsertString(DCM_FrameOfReferenceUID, "1.2.3"); });
  CHECK_THROWS_WITH(disk.write({small_results()}, true), Catch::Contains("(0020,0052)"));
  CHECK_THROWS_AS(
      write_measurement_report({small_results()}, {disk.pet, "", 1}, disk.pet / "absent.dcm", "s", disk.file),
      InputNotFound);
}
