// SPDX-License-Identifier: Apache-2.0
// Items are written here byte by byte, as DICOM PS3.5 A.4 lays them out.
#include "libpet/dicom/detail/encapsulated.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "libpet/error.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;
using Catch::Contains;

namespace {

std::string number(std::uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> 8 * i & 0xFF);
  return bytes;
}

std::string item(const std::string& value) {
  return std::string("\xFE\xFF\x00\xE0", 4) + number(static_cast<std::uint32_t>(value.size())) + value;
}

const std::string delimiter = std::string("\xFE\xFF\xDD\xE0", 4) + number(0);

// The frames of a file that holds three bytes and then these items.
std::vector<std::string> frames_of(const std::string& items, std::size_t count) {
  const TemporaryFolder folder;
  std::ofstream(folder / "pixels", std::ios::binary) << "xyz" << items;
  const detail::EncapsulatedPixels pixels(folder / "pixels", 3, count, "here");
  std::vector<std::string> frames;
  for (std::size_t f = 0; f < count; ++f) {
    const std::vector<unsigned char> bytes = pixels.frame(f);
    frames.emplace_back(bytes.begin(), bytes.end());
  }
  return frames;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("Fragments are put together to frames", "[dicom][encapsulated]") {
  CHECK(frames_of(item("") + item("ab") + item("cd") + delimiter, 1) == Texts{"abcd"});
  CHECK(frames_of(item("") + item("ab") + item("cdef") + delimiter, 2) == Texts{"ab", "cdef"});
  // The second frame begins with the third fragment, 10 + 12 bytes after the table.
  CHECK(frames_of(item(number(0) + number(22)) + item("ab") + item("cdef") + item("gh") + delimiter, 2) ==
        Texts{"abcdef", "gh"});
}

TEST_CASE("Items that do not make frames are refused", "[dicom][encapsulated]") {
  const auto message = [](const std::string& items, std::size_t count) {
    try {
      frames_of(items, count);
    } catch (const InputError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(message(item("") + item("ab"), 1), Contains("without an end"));
  CHECK_THAT(message(item("") + "not items", 1), Contains("no items"));
  CHECK_THAT(message(item("") + delimiter, 1), Contains("0 fragments"));
  // A delimiter that claims 3 GB in place of the table.
  CHECK_THAT(message(std::string("\xFE\xFF\xDD\xE0\x00\x00\x00\xC0", 8) + item("ab") + item("cd") + delimiter, 3),
             Contains("here: found no table of offsets"));
  CHECK_THAT(message(delimiter, 1), Contains("no table of offsets"));
  CHECK_THAT(message(item("") + item("ab") + item("cd") + item("ef") + delimiter, 2),
             Contains("3 fragments") && Contains("2 frames"));
  CHECK_THAT(message(item("") + std::string("\xFE\xFF\x00\xE0\xF0\xFF\xFF\xFF", 8) + "ab" + delimiter, 1),
             Contains("here: found a fragment of 4294967280 bytes") && Contains("beyond the end of the file"));
}
