// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/elements.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "libpet/dicom/detail/instance.h"
#include "libpet/dicom/pet_image.h"
#include "libpet/dicom/segmentation.h"
#include "libpet/error.h"
#include "tests/libpet/dicom/encoded_series.h"
#include "tests/libpet/dicom/simulated_series.h"

// DCMTK 3.6.7 does not free a Segmentation that it fails to load; read by the leak sanitizer where there is one.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libdcmseg.so\nleak:libdcmfg.so\nleak:libdcmiod.so\nleak:DcmOtherByteOtherWord::clone\n";
}

using namespace pet;
using namespace pet::test;
using detail::Elements;

namespace {

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

Elements split(const std::string& bytes) {
  return detail::split_elements({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
}

std::string text(const char* literal, std::size_t size) {
  return std::string(literal, size);
}

// (0008,0060) CS "PT", (0028,0010) US 5.
const std::string modality = text(
    "\x08\x00\x60\x00"
    "CS\x02\x00PT",
    10);
const std::string rows = text("\x28\x00\x10\x00US\x02\x00\x05\x00", 10);

}  // namespace

TEST_CASE("Elements are split into tag, representation and value", "[dicom][elements]") {
  const std::string bytes = modality + rows;
  const Elements elements = split(bytes);
  REQUIRE(elements.list.size() == 2);
  CHECK(elements.end == Elements::End::complete);
  CHECK(elements.next == bytes.size());
  CHECK(elements.find(0x00080060)->representation() == "CS");
  CHECK(elements.find(0x00280010)->value[0] == 5);
  CHECK(elements.find(0x00280011) == nullptr);
}

TEST_CASE("A sequence of undefined length is one element", "[dicom][elements]") {
  const std::string sequence = text("\x54\x00\x16\x00SQ\x00\x00\xFF\xFF\xFF\xFF", 12) +
                               text("\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF", 8) + modality +
                               text("\xFE\xFF\x0D\xE0\x00\x00\x00\x00\xFE\xFF\xDD\xE0\x00\x00\x00\x00", 16);
  const std::string bytes = modality + sequence;
  const Elements elements = split(bytes);
  REQUIRE(elements.list.size() == 2);
  CHECK(elements.end == Elements::End::complete);
  const Elements item = detail::split_first_item(elements.list[1].value);
  REQUIRE(item.list.size() == 1);
  CHECK(item.end == Elements::End::complete);
  CHECK(item.list[0].tag == 0x00080060);
}

TEST_CASE("What is not plain explicit little endian is left to DCMTK", "[dicom][elements]") {
  CHECK(split(text("\x08\x00\x60\x00\x02\x00\x00\x00PT", 10)).end == Elements::End::unusual);
  CHECK(split(rows + modality).end == Elements::End::unusual);
  CHECK(split(modality + modality).end == Elements::End::unusual);
  CHECK(split(text("\x28\x00\x10\x00UN\x00\x00\x02\x00\x00\x00\x05\x00", 14)).end == Elements::End::unusual);
  CHECK(split(text("\x29\x00\x10\x10UN\x00\x00\x02\x00\x00\x00\x05\x00", 14)).end == Elements::End::complete);
}

TEST_CASE("Bytes that end within an element are cut short, at the pixels they are done", "[dicom][elements]") {
  const std::string bytes = modality + rows;
  for (std::size_t size = 1; size < bytes.size(); ++size)
    CHECK(split(bytes.substr(0, size)).end ==
          (size == modality.size() ? Elements::End::complete : Elements::End::cut_short));
  const Elements elements = split(rows + text("\xE0\x7F\x10\x00OW", 6));
  CHECK(elements.end == Elements::End::at_pixels);
  CHECK(elements.next == rows.size());
}

TEST_CASE("Sequences that are nested too deeply are left to DCMTK", "[dicom][elements]") {
  std::string bytes;
  for (int depth = 0; depth < 40; ++depth)
    bytes += text("\x54\x00\x16\x00SQ\x00\x00\xFF\xFF\xFF\xFF\xFE\xFF\x00\xE0\xFF\xFF\xFF\xFF", 20);
  CHECK(split(bytes).end == Elements::End::unusual);
}

TEST_CASE("A slice that is cut anywhere is refused or has no pixels", "[dicom][elements]") {
  const TemporaryFolder folder;
  const auto files = write_pet_series(small_image(), small_options(), folder / "pet");
  const std::string bytes = bytes_of(files.front());
  const auto cut = folder / "cut.dcm";
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    write_bytes(cut, bytes.substr(0, size));
    bool is_sound = false;
    try {
      const auto instance = detail::read_instance(cut);
      is_sound = instance && instance->is_classic_pet() && instance->problem.empty();
    } catch (const InputError&) {
    }
    CHECK_FALSE(is_sound);
  }
}

// Found by fuzzing: DCMTK took as much memory as an element claimed.
TEST_CASE("An element that claims more bytes than there are is refused in every transfer syntax", "[dicom][elements]") {
  for (const E_TransferSyntax syntax : {EXS_LittleEndianExplicit, EXS_LittleEndianImplicit, EXS_BigEndianExplicit}) {
    const TemporaryFolder folder;
    const auto file = write_pet_series(small_image({{0.0, 1.0}}), small_options(), folder.path()).front();
    damage(file, [](DcmDataset& data) {
      const std::vector<Uint8> bytes(5000, 7);
      REQUIRE(data.putAndInsertUint8Array(DcmTag(0x0009, 0x1010, EVR_OB), bytes.data(), bytes.size()).good());
    });
    encode({file}, syntax);
    INFO(DcmXfer(syntax).getXferName());
    CHECK(refusal(folder.path()).empty());
    std::string bytes = bytes_of(file);
    const bool is_big = syntax == EXS_BigEndianExplicit;
    const std::string length = is_big ? std::string("\x00\x00\x13\x88", 4) : std::string("\x88\x13\x00\x00", 4);
    const auto at = bytes.find(length + std::string(16, 7));
    REQUIRE(at != std::string::npos);
    write_bytes(file, bytes.replace(at, 4, is_big ? "\xF0\x01\x01\x02" : "\x02\x01\x01\xF0"));
    CHECK_THAT(refusal(folder.path()), Catch::Contains("damaged or truncated header"));
  }
}

TEST_CASE("A deflated data set that is cut anywhere is refused", "[dicom][elements]") {
  const TemporaryFolder folder;
  const auto file = write_pet_series(small_image({{0.0, 1.0}}), small_options(), folder.path()).front();
  encode({file}, EXS_DeflatedLittleEndianExplicit);
  CHECK(refusal(folder.path()).empty());
  const std::string bytes = bytes_of(file);
  // A file of nothing but meta elements is of no class; the last bytes only say that there is nothing more.
  for (std::size_t size = 400; size + 20 < bytes.size(); size += 13) {
    write_bytes(file, bytes.substr(0, size));
    INFO(size << " of " << bytes.size());
    CHECK_FALSE(refusal(folder.path()).empty());
  }
}

TEST_CASE("Changed bytes never do worse than an InputError", "[dicom][elements]") {
  const TemporaryFolder folder;
  const auto files = write_pet_series(small_image({{0.0, 1.0}}), small_options(), folder / "pet");
  const std::string bytes = bytes_of(files.front());
  const std::size_t header_bytes = bytes.size() - 40;
  std::mt19937 random(20260131);
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    std::string changed = bytes;
    for (int change = 0; change < 3; ++change)
      changed[132 + random() % (header_bytes - 132)] = static_cast<char>(random());
    write_bytes(files.front(), changed);
    try {
      const DynamicImage image = read_pet_series(folder / "pet");
      CHECK(image.voxels.size() == image.grid.voxel_count() * image.frames.size());
    } catch (const InputError&) {
      ++refused;
    }
  }
  CHECK(refused > 40);
}

TEST_CASE("A Segmentation whose bytes changed never does worse than an InputError", "[dicom][elements]") {
  const TemporaryFolder folder;
  const auto files = write_pet_series(small_image({{0.0, 1.0}}), small_options(), folder / "pet");
  LabelMap labels;
  labels.grid = small_image().grid;
  labels.labels.assign(labels.grid.voxel_count(), 1);
  const auto file = folder / "seg.dcm";
  write_dicom_segmentation(labels, files, "seed", file);
  const std::string bytes = bytes_of(file);
  std::mt19937 random(20260131);
  int refused = 0;
  for (int round = 0; round < 200; ++round) {
    std::string changed = bytes;
    for (int change = 0; change < 4; ++change)
      changed[132 + random() % (bytes.size() - 132)] = static_cast<char>(random());
    write_bytes(file, changed);
    try {
      const LabelMap read = read_dicom_segmentation(file);
      CHECK(read.labels.size() == read.grid.voxel_count());
    } catch (const InputError&) {
      ++refused;
    }
  }
  CHECK(refused > 20);
}
