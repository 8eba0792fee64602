// SPDX-License-Identifier: Apache-2.0
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>

#include "libpet/dicom/pet_image.h"
#include "tests/libpet/dicom/encoded_series.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;

namespace {

struct SeriesOnDisk {
  explicit SeriesOnDisk(const DynamicImage& image = small_image())
      : files(write_pet_series(image, small_options(), folder.path())), sound(read_pet_series(folder.path())) {}

  TemporaryFolder folder;
  std::vector<std::filesystem::path> files;
  DynamicImage sound;

  DynamicImage read() const { return read_pet_series(folder.path()); }

  void encode(E_TransferSyntax syntax, E_FileWriteMode mode = EWM_fileformat) { test::encode(files, syntax, mode); }
};

// Replaces the integer pixels by others that stand for the same values.
template <typename Change>
void replace_pixels(const SeriesOnDisk& series, const Change& change) {
  damage_all(series.files, [&](DcmDataset& data) {
    const Uint16* stored = nullptr;
    unsigned long count = 0;
    REQUIRE(data.findAndGetUint16Array(DCM_PixelData, stored, &count).good());
    change(data, std::vector<Uint16>(stored, stored + count));
  });
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("Every uncompressed transfer syntax holds the same image", "[dicom][encoding]") {
  for (const E_TransferSyntax syntax :
       {EXS_LittleEndianImplicit, EXS_BigEndianExplicit, EXS_DeflatedLittleEndianExplicit, EXS_LittleEndianExplicit}) {
    SeriesOnDisk series;
    series.encode(syntax);
    INFO(DcmXfer(syntax).getXferName());
    CHECK(series.read().voxels == series.sound.voxels);
  }
}

TEST_CASE("A series is written in the transfer syntax that is asked for", "[dicom][encoding]") {
  const std::pair<const char*, E_TransferSyntax> encodings[] = {{"explicit", EXS_LittleEndianExplicit},
                                                                {"implicit", EXS_LittleEndianImplicit},
                                                                {"big-endian", EXS_BigEndianExplicit},
                                                                {"deflated", EXS_DeflatedLittleEndianExplicit},
                                                                {"rle", EXS_RLELossless},
                                                                {"jpeg", EXS_JPEGProcess14},
                                                                {"jpeg-sv1", EXS_JPEGProcess14SV1},
                                                                {"jpeg2000", EXS_JPEG2000LosslessOnly}};
  const SeriesOnDisk plain(smooth_image());
  for (const auto& [name, syntax] : encodings)
    for (const PetDialect dialect : {PetDialect::ge, PetDialect::enhanced}) {
      CAPTURE(name, dialect);
      const TemporaryFolder folder;
      PetWriteOptions options = small_options();
      options.encoding = pet_encoding(name);
      options.dialect = dialect;
      options.is_shuffled = dialect == PetDialect::ge;
      const auto files = write_pet_series(smooth_image(), options, folder.path());
      DcmFileFormat file;
      REQUIRE(file.loadFile(files.front().c_str()).good());
      CHECK(file.getDataset()->getOriginalXfer() == syntax);
      const DynamicImage image = read_pet_series(folder.path());
      REQUIRE(image.voxels.size() == plain.sound.voxels.size());
      double worst = 0.0;
      for (std::size_t v = 0; v < image.voxels.size(); ++v)
        worst = std::max(worst, std::abs(static_cast<double>(image.voxels[v] - plain.sound.voxels[v])));
      CHECK(worst <= 2.0 * 1.6 / 32767.0);  // the largest value of the image is below 1.6 kBq/mL
      const auto again = bytes_of(files.back());
      write_pet_series(smooth_image(), options, folder.path());
      CHECK(bytes_of(files.back()) == again);
    }
  CHECK_THROWS_WITH(pet_encoding("jpeg-ls"), Contains("jpeg2000"));
}

TEST_CASE("Names of files in no order are as many as there are slices", "[dicom][encoding]") {
  const TemporaryFolder folder;
  PetWriteOptions options = small_options();
  options.is_shuffled = true;
  const auto files = write_pet_series(small_image(), options, folder.path());
  CHECK(std::set<std::filesystem::path>(files.begin(), files.end()).size() == 9);
  CHECK_FALSE(std::is_sorted(files.begin(), files.end()));
}

TEST_CASE("Lossless compression holds the same image", "[dicom][encoding]") {
  for (const E_TransferSyntax syntax : {EXS_RLELossless, EXS_JPEGLSLossless, EXS_JPEGProcess14SV1}) {
    SeriesOnDisk series(smooth_image());
    series.encode(syntax);
    INFO(DcmXfer(syntax).getXferName());
    CHECK(summarize_pet_series({series.folder.path()}, 1).front().transfer_syntax == DcmXfer(syntax).getXferName());
    CHECK(series.read().voxels == series.sound.voxels);
  }
}

TEST_CASE("A compression that cannot be decoded is refused by name", "[dicom][encoding]") {
  SeriesOnDisk series(smooth_image());
  series.encode(EXS_JPEGLSLossless);
  // The same file that claims to be RLE.
  for (const auto& path : series.files) {
    std::ifstream in(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    const std::string jpeg_ls = "1.2.840.10008.1.2.4.80";
    const auto at = bytes.find(jpeg_ls);
    REQUIRE(at != std::string::npos);
    bytes.replace(at, jpeg_ls.size(), std::string("1.2.840.10008.1.2.5").append(3, '\0'));
    std::ofstream(path, std::ios::binary) << bytes;
  }
  CHECK_THAT(refusal(series.folder.path()),
             Contains("(7fe0,0010)") && Contains("RLE Lossless") && Contains("cannot be decoded"));
}

TEST_CASE("Files without preamble and meta header are read", "[dicom][encoding]") {
  for (const E_TransferSyntax syntax : {EXS_LittleEndianImplicit, EXS_LittleEndianExplicit}) {
    SeriesOnDisk series;
    series.encode(syntax, EWM_dataset);
    CHECK(series.read().voxels == series.sound.voxels);
  }
}

TEST_CASE("Elements of unknown representation have the values of their text", "[dicom][encoding]") {
  const auto forget_representation = [](DcmItem& item, const DcmTagKey& tag) {
    OFString text;
    REQUIRE(item.findAndGetOFStringArray(tag, text).good());
    if (text.size() % 2) text += ' ';
    auto* unknown = new DcmOtherByteOtherWord(DcmTag(tag, EVR_UN));
    REQUIRE(unknown->putUint8Array(reinterpret_cast<const Uint8*>(text.data()), text.size()).good());
    REQUIRE(item.insert(unknown, OFTrue).good());
  };
  const auto require_bytes = [](const std::filesystem::path& path, const std::string& wanted) {
    std::ifstream in(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    REQUIRE(bytes.find(wanted) != std::string::npos);
  };
  const SeriesOnDisk series;
  damage_all(series.files, [&](DcmDataset& data) {
    for (const DcmTagKey& tag : {DCM_RescaleSlope, DCM_ActualFrameDuration, DCM_DecayFactor, DCM_AcquisitionTime})
      forget_representation(data, tag);
  });
  require_bytes(series.files.front(), std::string("\x28\x00\x53\x10UN", 6));
  CHECK(series.read().voxels == series.sound.voxels);

  const SeriesOnDisk nested;
  damage_all(nested.files, [&](DcmDataset& data) {
    DcmItem* item = nullptr;
    REQUIRE(data.findAndGetSequenceItem(DCM_RadiopharmaceuticalInformationSequence, item).good());
    forget_representation(*item, DCM_RadionuclideHalfLife);
  });
  require_bytes(nested.files.front(), std::string("\x18\x00\x75\x10UN", 6));
  CHECK(nested.read().voxels == nested.sound.voxels);
  CHECK(nested.read().warnings.empty());
}

TEST_CASE("Integers of 32 bits and floating-point pixels hold the same image", "[dicom][encoding]") {
  const SeriesOnDisk wide;
  replace_pixels(wide, [](DcmDataset& data, const std::vector<Uint16>& stored) {
    std::vector<Uint16> halves;
    for (const Uint16 value : stored) halves.insert(halves.end(), {value, 0});
    data.putAndInsertUint16(DCM_BitsAllocated, 32);
    data.putAndInsertUint16(DCM_BitsStored, 32);
    data.putAndInsertUint16(DCM_HighBit, 31);
    REQUIRE(data.putAndInsertUint16Array(DCM_PixelData, halves.data(), halves.size()).good());
  });
  CHECK(wide.read().voxels == wide.sound.voxels);
  encode(wide.files, EXS_BigEndianExplicit);  // words of 16 bits whatever the pixels have
  CHECK(wide.read().voxels == wide.sound.voxels);

  const SeriesOnDisk floating;
  replace_pixels(floating, [](DcmDataset& data, const std::vector<Uint16>& stored) {
    const std::vector<Float32> values(stored.begin(), stored.end());
    data.findAndDeleteElement(DCM_PixelData);
    for (const DcmTagKey& tag : {DCM_BitsStored, DCM_HighBit, DCM_PixelRepresentation}) data.findAndDeleteElement(tag);
    data.putAndInsertUint16(DCM_BitsAllocated, 32);
    REQUIRE(data.putAndInsertFloat32Array(DcmTag(0x7FE0, 0x0008, EVR_OF), values.data(), values.size()).good());
  });
  CHECK(floating.read().voxels == floating.sound.voxels);
  encode(floating.files, EXS_BigEndianExplicit);
  CHECK(floating.read().voxels == floating.sound.voxels);
}

TEST_CASE("Bits above those stored are passed over and the sign is that of the stored bits", "[dicom][encoding]") {
  const SeriesOnDisk series;
  damage_all(series.files, [](DcmDataset& data) {
    // 12 of 16 bits, signed: 0x0FFF is -1, 0xF001 is 1.
    std::vector<Uint16> pixels(20, 0x0FFF);
    pixels[1] = 0xF001;
    data.putAndInsertUint16(DCM_BitsStored, 12);
    data.putAndInsertUint16(DCM_HighBit, 11);
    data.putAndInsertUint16(DCM_PixelRepresentation, 1);
    data.putAndInsertString(DCM_RescaleSlope, "1000");
    REQUIRE(data.putAndInsertUint16Array(DCM_PixelData, pixels.data(), pixels.size()).good());
  });
  const DynamicImage image = series.read();
  CHECK(image.voxels[0] == Approx(-1.0));
  CHECK(image.voxels[1] == Approx(1.0));
}

TEST_CASE("An intercept is applied and reported", "[dicom][encoding]") {
  const SeriesOnDisk series;
  damage_all(series.files, [](DcmDataset& data) { data.putAndInsertString(DCM_RescaleIntercept, "-250"); });
  const DynamicImage image = series.read();
  CHECK(image.voxels[3] == Approx(static_cast<double>(series.sound.voxels[3]) - 0.25).epsilon(1e-5));
  CHECK(image.warnings.size() == 1);
}

TEST_CASE("A header longer than a page of private elements is read", "[dicom][encoding]") {
  const SeriesOnDisk series;
  damage_all(series.files, [](DcmDataset& data) {
    data.putAndInsertString(DcmTag(0x0029, 0x0010, EVR_LO), "PRIVATE");
    const std::vector<Uint8> block(150'000, 0xE0);
    REQUIRE(data.putAndInsertUint8Array(DcmTag(0x0029, 0x1010, EVR_OB), block.data(), block.size()).good());
  });
  CHECK(series.read().voxels == series.sound.voxels);
}

TEST_CASE("Compressed pixels that claim more than they can hold are refused before memory is taken",
          "[dicom][encoding]") {
  const auto refusal_with = [](E_TransferSyntax syntax, Uint16 size) {
    SeriesOnDisk series;
    series.encode(syntax);
    damage_all(series.files, [&](DcmDataset& data) {
      data.putAndInsertUint16(DCM_Rows, size);
      data.putAndInsertUint16(DCM_Columns, size);
    });
    return test::refusal(series.folder.path());
  };
  // 320,000 bytes are more than 64 times the file, 20,000 are not, but they are not there.
  CHECK_THAT(refusal_with(EXS_RLELossless, 400), Contains("(0028,0010)") && Contains("320000 bytes of pixels"));
  CHECK_THAT(refusal_with(EXS_RLELossless, 100), Contains("(7fe0,0010)"));
}
