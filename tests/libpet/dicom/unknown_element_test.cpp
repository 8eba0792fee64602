// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <catch2/catch.hpp>

#include "libpet/dicom/pet_image.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;

namespace {

constexpr const char* philips_creator = "Philips PET Private Group";

void put_unknown(DcmItem& item, const DcmTagKey& tag, const std::string& text) {
  auto* unknown = new DcmOtherByteOtherWord(DcmTag(tag, EVR_UN));
  REQUIRE(unknown->putUint8Array(reinterpret_cast<const Uint8*>(text.data()), text.size()).good());
  REQUIRE(item.insert(unknown, OFTrue).good());
}

void put_creator(DcmItem& item, Uint16 element, const char* creator) {
  REQUIRE(item.putAndInsertString(DcmTag(0x7053, element, EVR_LO), creator).good());
}

void save_as(const std::filesystem::path& path, E_TransferSyntax syntax) {
  DcmFileFormat file;
  REQUIRE(file.loadFile(path.c_str()).good());
  REQUIRE(file.loadAllDataIntoMemory().good());
  REQUIRE(file.getDataset()->chooseRepresentation(syntax, nullptr).good());
  REQUIRE(file.saveFile(path.c_str(), syntax).good());
}

}  // namespace

TEST_CASE("An element that no dictionary knows stays unknown and does no harm", "[dicom][elements]") {
  const WrittenSeries series;
  const auto sound = series.read().voxels;
  damage_all(series.files, [](DcmDataset& data) {
    put_unknown(data, DcmTagKey(0x0074, 0x9FFE), "any ");
    put_unknown(tracer_of(data), DcmTagKey(0x0074, 0x9FFE), "any ");
  });
  CHECK(series.refusal().empty());
  CHECK(series.read().voxels == sound);
}

TEST_CASE("Philips counts are read beside private elements of unknown representation", "[dicom][elements]") {
  for (const E_TransferSyntax syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit}) {
    const WrittenSeries series;
    const auto in_Bq = series.read().voxels;
    damage_all(series.files, [](DcmDataset& data) {
      data.putAndInsertString(DCM_Units, "CNTS");
      put_creator(data, 0x0010, philips_creator);
      put_unknown(data, DcmTagKey(0x7053, 0x1000), "0.000027");
      put_unknown(data, DcmTagKey(0x7053, 0x1009), "0.25");
    });
    for (const auto& file : series.files) save_as(file, syntax);
    CHECK(series.refusal().empty());
    CHECK(series.read().voxels[7] == Approx(0.25 * static_cast<double>(in_Bq[7])));
  }
}

TEST_CASE("The Philips factor is the one of the block that Philips reserved", "[dicom][elements]") {
  const auto counts = [](Uint16 block, const char* creator) {
    return [=](DcmDataset& data) {
      data.putAndInsertString(DCM_Units, "CNTS");
      put_creator(data, block, creator);
      data.putAndInsertString(DcmTag(0x7053, static_cast<Uint16>(block << 8 | 0x09), EVR_DS), "0.25");
    };
  };
  const WrittenSeries moved;
  const auto in_Bq = moved.read().voxels;
  damage_all(moved.files, counts(0x0011, philips_creator));
  CHECK(moved.read().voxels[7] == Approx(0.25 * static_cast<double>(in_Bq[7])));
  const WrittenSeries bare;
  damage_all(bare.files, [](DcmDataset& data) {
    data.putAndInsertString(DCM_Units, "CNTS");
    data.putAndInsertString(DcmTag(0x7053, 0x1009, EVR_DS), "0.25");
  });
  CHECK(bare.read().voxels[7] == Approx(0.25 * static_cast<double>(in_Bq[7])));
  const WrittenSeries foreign;
  damage_all(foreign.files, counts(0x0010, "SOMEONE ELSE"));
  CHECK_THAT(foreign.refusal(), Contains("'CNTS'") && Contains("(7053,1009)"));
}
