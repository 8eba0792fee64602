// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/parametric_map.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <bit>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <set>

#include "libpet/error.h"
#include "tests/libpet/dicom/simulated_series.h"
#include "tests/libpet/dicom/validator.h"

using namespace pet;
using namespace pet::test;

namespace {

// Values that a decimal or a 16-bit integer could not hold, on the grid of the small image.
ParametricMap small_map() {
  ParametricMap map;
  map.grid = small_image().grid;
  map.values.resize(map.grid.voxel_count());
  for (std::size_t v = 0; v < map.values.size(); ++v) map.values[v] = std::sin(static_cast<float>(v)) / 3.0f;
  map.values[0] = std::numeric_limits<float>::quiet_NaN();
  map.values[1] = std::numeric_limits<float>::denorm_min();
  map.values[2] = -0.0f;
  map.values[3] = std::numeric_limits<float>::max();
  map.quantity = concept_of_quantity("BPND");
  map.unit = concept_of_unit("1");
  map.model = concept_of_model("SRTM", "Simplified reference tissue model");
  map.description = "BPND (SRTM)";
  return map;
}

struct MapOnDisk {
  WrittenSeries series;
  std::filesystem::path file = series.folder / "map.dcm";

  explicit MapOnDisk(const ParametricMap& map = small_map()) {
    std::filesystem::create_directories(series.folder / "pet");
    for (const auto& slice : series.files) std::filesystem::rename(slice, series.folder / "pet" / slice.filename());
    write(map, file);
  }
  void write(const ParametricMap& map, const std::filesystem::path& path) const {
    write_parametric_map(map, {series.folder / "pet", "", 1}, "seed", path);
  }
  std::string refusal(const std::function<void(DcmDataset&)>& change) const {
    damage(file, change);
    try {
      read_parametric_map(file);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  }
};

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::string text_of(DcmItem& item, const DcmTagKey& tag) {
  OFString text;
  item.findAndGetOFString(tag, text);
  return text;
}

}  // namespace

TEST_CASE("A Parametric Map is read back bit by bit, with quantity, unit and model", "[dicom][map]") {
  const ParametricMap map = small_map();
  const MapOnDisk disk(map);
  const ParametricMap read = read_parametric_map(disk.file);
  REQUIRE(read.values.size() == map.values.size());
  for (std::size_t v = 0; v < map.values.size(); ++v)
    CHECK(std::bit_cast<std::uint32_t>(read.values[v]) == std::bit_cast<std::uint32_t>(map.values[v]));
  CHECK(same_grid(read.grid, map.grid, 1e-6));
  CHECK(read.grid.size == map.grid.size);
  CHECK(read.quantity ==
        CodedConcept{"BPND", "99OCCUPET", "Binding potential relative to non-displaceable tracer (BP_ND)"});
  CHECK(read.unit == CodedConcept{"1", "UCUM", "no units"});
  CHECK(read.model == CodedConcept{"SRTM", "99OCCUPET", "Simplified reference tissue model"});
  CHECK_FALSE(read.is_standard_error);
  CHECK(read.description == "BPND (SRTM)");
  CHECK(read.frame_of_reference_uid == uid_from("test", "frame of reference"));
}

TEST_CASE("A map of standard errors is told from one of estimates", "[dicom][map]") {
  ParametricMap map = small_map();
  map.is_standard_error = true;
  map.quantity = concept_of_quantity("VT");
  map.unit = concept_of_unit("mL/cm3");
  const MapOnDisk disk(map);
  const ParametricMap read = read_parametric_map(disk.file);
  CHECK(read.is_standard_error);
  CHECK(read.unit.value == "ml/cm3");
  CHECK(read.quantity.value == "VT");
}

TEST_CASE("A Parametric Map refers to every slice of its source and shares its study and frame of reference",
          "[dicom][map]") {
  const MapOnDisk disk;
  DcmFileFormat map, slice;
  REQUIRE(map.loadFile(disk.file.c_str()).good());
  std::set<std::string> source_uids;
  std::string series_uid;
  for (const auto& entry : std::filesystem::directory_iterator(disk.series.folder / "pet")) {
    REQUIRE(slice.loadFile(entry.path().c_str()).good());
    source_uids.insert(text_of(*slice.getDataset(), DCM_SOPInstanceUID));
    series_uid = text_of(*slice.getDataset(), DCM_SeriesInstanceUID);
  }
  DcmDataset& data = *map.getDataset();
  for (const DcmTagKey& tag : {DCM_StudyInstanceUID, DCM_FrameOfReferenceUID, DCM_PatientID, DCM_PatientName})
    CHECK(text_of(data, tag) == text_of(*slice.getDataset(), tag));
  CHECK(text_of(data, DCM_SeriesInstanceUID) != series_uid);
  CHECK(read_parametric_map(disk.file).source_series_uid == series_uid);

  // 3 frames of 3 slices: every frame of the map names the 3 objects at its position.
  std::set<std::string> named;
  for (long frame = 0; frame < 3; ++frame) {
    DcmItem *group = nullptr, *derivation = nullptr, *source = nullptr;
    REQUIRE(data.findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, group, frame).good());
    REQUIRE(group->findAndGetSequenceItem(DCM_DerivationImageSequence, derivation).good());
    std::size_t count = 0;
    while (derivation->findAndGetSequenceItem(DCM_SourceImageSequence, source, static_cast<long>(count)).good()) {
      named.insert(text_of(*source, DCM_ReferencedSOPInstanceUID));
      ++count;
    }
    CHECK(count == 3);
  }
  CHECK(named == source_uids);
}

TEST_CASE("The same map and seed give the same Parametric Map", "[dicom][map]") {
  const MapOnDisk first, second;
  CHECK(bytes_of(first.file) == bytes_of(second.file));
  CHECK(bytes_of(first.file).size() > 1000);
}

TEST_CASE("dciodvfy finds no error in a written Parametric Map", "[dicom][map]") {
  if (!is_validator_there()) {
    WARN("dciodvfy is not installed; nothing was validated");
    return;
  }
  ParametricMap errors = small_map();
  errors.is_standard_error = true;
  errors.values.assign(errors.values.size(), 0.25f);
  for (const ParametricMap& map : {small_map(), errors}) {
    const MapOnDisk disk(map);
    const std::string text = validator_output(disk.file);
    INFO(text);
    CHECK(text.find("ParametricMap") != std::string::npos);
    CHECK(text.find("Error") == std::string::npos);
  }
}

TEST_CASE("A map off the slices of its source is refused", "[dicom][map]") {
  const MapOnDisk disk;
  ParametricMap shifted = small_map();
  shifted.grid.origin_mm[2] += 1.0;
  CHECK_THROWS_WITH(disk.write(shifted, disk.series.folder / "x.dcm"),
                    Catch::Contains("no slice of the series where slice 1 of the map lies"));
  CHECK_FALSE(std::filesystem::exists(disk.series.folder / "x.dcm"));
}

TEST_CASE("A real world value mapping is applied", "[dicom][map]") {
  ParametricMap map = small_map();
  map.values.assign(map.values.size(), 2.0f);
  const MapOnDisk disk(map);
  damage(disk.file, [](DcmDataset& data) {
    DcmItem *shared = nullptr, *mapping = nullptr;
    REQUIRE(data.findAndGetSequenceItem(DCM_SharedFunctionalGroupsSequence, shared).good());
    REQUIRE(shared->findAndGetSequenceItem(DCM_RealWorldValueMappingSequence, mapping).good());
    REQUIRE(mapping->putAndInsertFloat64(DCM_RealWorldValueSlope, 0.5).good());
    REQUIRE(mapping->putAndInsertFloat64(DCM_RealWorldValueIntercept, 10.0).good());
  });
  CHECK(read_parametric_map(disk.file).values.front() == 11.0f);
}

TEST_CASE("What is no Parametric Map, or a damaged one, is refused with file and tag", "[dicom][map]") {
  CHECK_THROWS_AS(read_parametric_map("nowhere.dcm"), InputNotFound);
  CHECK_THAT(MapOnDisk().refusal([](DcmDataset& data) {
    data.putAndInsertString(DCM_SOPClassUID, UID_PositronEmissionTomographyImageStorage);
  }),
             Catch::Contains("(0008,0016)") && Catch::Contains("expected ParametricMapStorage"));
  CHECK_THAT(MapOnDisk().refusal([](DcmDataset& data) {
    const std::vector<Float32> few(10, 1.0f);
    data.putAndInsertFloat32Array(DCM_FloatPixelData, few.data(), few.size());
  }),
             Catch::Contains("found 10 values, expected 60 (frames x rows x columns)"));
  const auto move_last_frame = [](double z_mm) {
    return [z_mm](DcmDataset& data) {
      DcmItem *frame = nullptr, *plane = nullptr;
      REQUIRE(data.findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, frame, 2).good());
      REQUIRE(frame->findAndGetSequenceItem(DCM_PlanePositionSequence, plane).good());
      const double x_mm = small_image().grid.origin_mm[0], y_mm = small_image().grid.origin_mm[1];
      REQUIRE(plane
                  ->putAndInsertString(
                      DCM_ImagePositionPatient,
                      (std::to_string(x_mm) + "\\" + std::to_string(y_mm) + "\\" + std::to_string(z_mm)).c_str())
                  .good());
    };
  };
  const Grid grid = small_image().grid;
  CHECK_THAT(MapOnDisk().refusal(move_last_frame(grid.position_mm(0, 0, 320)[2])),
             Catch::Contains("3 frames on 321 slices"));
  CHECK_THAT(MapOnDisk().refusal(move_last_frame(grid.position_mm(0, 0, 1)[2])),
             Catch::Contains("two frames at one position"));
  CHECK_THAT(MapOnDisk().refusal([](DcmDataset& data) { data.findAndDeleteElement(DCM_FloatPixelData); }),
             Catch::Contains("float or double pixels"));
  CHECK_THAT(
      MapOnDisk().refusal([](DcmDataset& data) { data.findAndDeleteElement(DCM_PerFrameFunctionalGroupsSequence); }),
      Catch::Contains("no frames"));
  CHECK_THAT(MapOnDisk().refusal([](DcmDataset& data) {
    DcmItem* shared = nullptr;
    REQUIRE(data.findAndGetSequenceItem(DCM_SharedFunctionalGroupsSequence, shared).good());
    shared->findAndDeleteElement(DCM_PixelMeasuresSequence);
  }),
             Catch::Contains("PixelMeasuresSequence"));
}

TEST_CASE("A Parametric Map that is cut anywhere or has flipped bytes is read or refused", "[dicom][map]") {
  const MapOnDisk disk;
  const std::string whole = bytes_of(disk.file);
  const auto survives = [&](const std::string& bytes) {
    std::ofstream(disk.file, std::ios::binary) << bytes;
    try {
      return read_parametric_map(disk.file).values.size() < 1'000'000;
    } catch (const InputError& error) {
      return std::string(error.what()).find(disk.file.string()) == 0;
    }
  };
  for (std::size_t length = 0; length < whole.size(); length += 97) {
    INFO("cut at " << length);
    CHECK(survives(whole.substr(0, length)));
  }
  for (std::size_t at = 400; at < whole.size(); at += 53) {
    INFO("flipped at " << at);
    std::string bytes = whole;
    bytes[at] = static_cast<char>(~bytes[at]);
    CHECK(survives(bytes));
  }
}

TEST_CASE("Every unit of a parameter table has a UCUM code, and others are refused", "[dicom][map]") {
  CHECK(concept_of_unit("mL/cm3/min").value == "ml/cm3/min");
  CHECK(concept_of_unit("1/min").value == "/min");
  CHECK_THROWS_AS(concept_of_unit("furlong"), UsageError);
  CHECK(concept_of_quantity("unheard").meaning == "unheard");
}
