// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/gzip_input.h"

#include <zlib.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <span>
#include <string>

#include "libpet/error.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

using pet::detail::GzipInput;
using pet::test::TemporaryFolder;

// One member by zlib. Level 0 stores, strategies use fixed or own codes.
std::string zipped(const std::string& text, int level = 6, int strategy = Z_DEFAULT_STRATEGY) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, level, Z_DEFLATED, MAX_WBITS + 16, 8, strategy) == Z_OK);
  std::string bytes(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  return bytes;
}

// Half noise, half repeats.
std::string sample(std::size_t size) {
  std::string text;
  std::uint32_t state = 7;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525u + 1013904223u;
    text += i % 512 < 256 ? static_cast<char>(state >> 24) : static_cast<char>(i / 512);
  }
  return text;
}

struct Outcome {
  std::string text;
  bool is_whole = false;
};

// All of a file in parts of `part` bytes.
Outcome read_all(const std::filesystem::path& path, std::size_t part) {
  GzipInput input(path);
  Outcome outcome;
  std::string bytes(part, '\0');
  std::size_t count = 0;
  while ((count = input.read(std::as_writable_bytes(std::span(bytes)))) > 0) outcome.text.append(bytes, 0, count);
  outcome.is_whole = input.is_whole();
  return outcome;
}

TEST_CASE("Files are inflated in any parts, whatever made them", "[gzip]") {
  const TemporaryFolder folder;
  const std::string text = sample(700'001);
  for (const std::string& bytes : {zipped(text), zipped(text, 0), zipped(text, 1, Z_FIXED), zipped(text, 9, Z_RLE),
                                   zipped(text, 1, Z_HUFFMAN_ONLY), text}) {
    const auto path = folder.file("a.gz", bytes);
    for (const std::size_t part : {std::size_t{1}, std::size_t{4093}, std::size_t{1} << 20}) {
      const Outcome outcome = read_all(path, part);
      CHECK(outcome.text == text);
      CHECK(outcome.is_whole);
    }
  }
}

TEST_CASE("Members of gzip are read one after another, and what is no member not", "[gzip]") {
  const TemporaryFolder folder;
  const std::string first = sample(300'000), second = "second", none;
  const std::string bytes = zipped(first) + zipped(none) + zipped(second);
  for (const std::string& rest : {std::string(), std::string("\0\0\0", 3), std::string("\x1f"), std::string("rest")}) {
    const Outcome outcome = read_all(folder.file("members.gz", bytes + rest), 1000);
    CHECK(outcome.text == first + second);
    CHECK(outcome.is_whole);
  }
}

TEST_CASE("The header of a second member may lie anywhere in the file", "[gzip]") {
  const TemporaryFolder folder;
  // Stored blocks put the second header, which holds a name, across the end of a read of 256 KiB.
  const std::string name = "a name that is long enough";
  std::string second = zipped("second");
  second[3] = 8;  // FNAME
  second.insert(10, name + '\0');
  for (std::size_t before = 0; before <= name.size() + 12; before += 3) {
    std::string first = sample(262'000);
    std::string bytes = zipped(first, 0);
    first.resize(first.size() + 262'144 - before - bytes.size(), 'x');
    bytes = zipped(first, 0);
    REQUIRE(bytes.size() + before <= 262'160);
    const Outcome outcome = read_all(folder.file("border.gz", bytes + second), 5000);
    CHECK(outcome.text == first + "second");
    CHECK(outcome.is_whole);
  }
}

TEST_CASE("Compressed files that are cut short or changed are not whole", "[gzip]") {
  const TemporaryFolder folder;
  const std::string text = sample(3000);
  const std::string bytes = zipped(text);
  for (std::size_t length = 2; length < bytes.size(); length += length < 40 ? 1 : 37) {
    INFO("the first " << length << " bytes");
    const Outcome outcome = read_all(folder.file("short.gz", bytes.substr(0, length)), 512);
    CHECK_FALSE(outcome.is_whole);
    CHECK(text.starts_with(outcome.text));
  }
  for (std::size_t from_end = 1; from_end <= 8; ++from_end) {
    INFO(from_end << " bytes from the end: the checksum and the length");
    std::string wrong = bytes;
    wrong[wrong.size() - from_end] = static_cast<char>(wrong[wrong.size() - from_end] ^ 1);
    CHECK_FALSE(read_all(folder.file("wrong.gz", wrong), 512).is_whole);
  }
}

TEST_CASE("A file is passed over up to its end", "[gzip]") {
  const TemporaryFolder folder;
  for (const std::string& bytes : {zipped(sample(10'000)), sample(10'000)}) {
    GzipInput input(folder.file("skipped", bytes));
    CHECK(input.skip(9'999));
    CHECK(input.skip(1));
    CHECK_FALSE(input.skip(1));
    CHECK(input.is_whole());
  }
  CHECK_THROWS_AS(GzipInput(folder / "none"), pet::InputNotFound);
}

}  // namespace
