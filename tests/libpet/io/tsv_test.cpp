// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/tsv.h"

#include <catch2/catch.hpp>
#include <clocale>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <random>
#include <stdexcept>

#include "libpet/error.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

using Catch::Matchers::Contains;
using pet::Tsv;

TEST_CASE("A table reads the same with LF, CRLF, a byte-order mark, quotes and no final newline", "[tsv]") {
  for (const char* text : {"a\tb\n1\tx y\n2\tz\n", "a\tb\r\n1\tx y\r\n2\tz\r\n",
                           "\xEF\xBB\xBF"
                           "a\tb\n1\tx y\n2\tz",
                           "\"a\"\tb\n1\t\"x y\"\n2\tz\n\n\n"}) {
    INFO(text);
    const Tsv table = Tsv::parse(text, "t.tsv");
    CHECK(table.header() == std::vector<std::string>{"a", "b"});
    REQUIRE(table.rows() == 2);
    CHECK(table.cell(0, 1) == "x y");
    CHECK(table.number(1, 0) == 2.0);
  }
}

TEST_CASE("A quoted cell may hold tabs and doubled quotes", "[tsv]") {
  const Tsv table = Tsv::parse("a\tb\n\"x\ty\"\t\"say \"\"no\"\"\"\n", "t.tsv");
  CHECK(table.cell(0, 0) == "x\ty");
  CHECK(table.cell(0, 1) == "say \"no\"");
}

TEST_CASE("A table that is not one is refused with file and line", "[tsv]") {
  CHECK_THROWS_WITH(Tsv::parse("", "t.tsv"), Contains("t.tsv: found an empty file"));
  CHECK_THROWS_WITH(Tsv::parse("\n\n", "t.tsv"), Contains("empty file"));
  CHECK_THROWS_WITH(Tsv::parse("a\tb\n1\t2\n3\n", "t.tsv"), Contains("t.tsv:3: found 1 columns, expected 2"));
  CHECK_THROWS_WITH(Tsv::parse("a\tb\n\n1\t2\n", "t.tsv"), Contains("t.tsv:2:"));
  CHECK_THROWS_WITH(Tsv::parse("a\ta\n", "t.tsv"), Contains("t.tsv:1: found two columns named 'a'"));
  CHECK_THROWS_WITH(Tsv::parse("a\t\n", "t.tsv"), Contains("column 2 without a name"));
  CHECK_THROWS_WITH(Tsv::parse("a\n\"x\n", "t.tsv"), Contains("t.tsv:2: found a quoted cell without an end"));
  CHECK_THROWS_WITH(Tsv::parse("a\n\"x\"y\n", "t.tsv"), Contains("text after a closing quote"));
  CHECK_THROWS_WITH(Tsv::parse(std::string_view("a\0b\n", 4), "t.tsv"), Contains("binary data or UTF-16"));
}

TEST_CASE("A file that is missing or is a folder is not found", "[tsv]") {
  const pet::test::TemporaryFolder folder;
  CHECK_THROWS_AS(Tsv::read((folder / "absent.tsv").string()), pet::InputNotFound);
  CHECK_THROWS_AS(Tsv::read(folder.path().string()), pet::InputNotFound);
}

TEST_CASE("A missing column is refused with the columns there are", "[tsv]") {
  const Tsv table = Tsv::parse("a\tb\n", "t.tsv");
  CHECK_FALSE(table.find("c"));
  CHECK_THROWS_WITH(table.column("c"), Contains("t.tsv:1: found columns a, b, expected a column 'c'"));
}

TEST_CASE("Only n/a is a missing number, and only whole cells are numbers", "[tsv]") {
  const Tsv table = Tsv::parse("a\nn/a\n1.5\n1,5\n\n 2\n1e3x\nnan\ninf\n0x10\n1e400\n+1\n3", "t.tsv");
  CHECK_FALSE(table.number(0, 0));
  CHECK_THROWS_WITH(table.required_number(0, 0), Contains("t.tsv:2 column 'a': found 'n/a', expected a number"));
  CHECK(table.number(1, 0) == 1.5);
  for (std::size_t row = 2; row < table.rows() - 1; ++row) {
    INFO(table.cell(row, 0));
    CHECK_THROWS_AS(table.number(row, 0), pet::InputError);
  }
  CHECK(table.required_number(table.rows() - 1, 0) == 3.0);
}

TEST_CASE("Numbers are read with a decimal point in a locale that has a comma", "[tsv]") {
  const std::string before = std::setlocale(LC_ALL, nullptr);
  if (std::setlocale(LC_ALL, "de_DE.UTF-8") == nullptr) WARN("no German locale here: tested in the one there is");
  CHECK(pet::parse_number("1.5") == 1.5);
  CHECK(pet::format_number(1.5) == "1.5");
  std::setlocale(LC_ALL, before.c_str());
}

TEST_CASE("Every double reads back from its text", "[tsv]") {
  std::mt19937_64 random(1);
  int finite = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::uint64_t bits = random();
    double value = 0.0;
    std::memcpy(&value, &bits, sizeof value);
    if (!(value - value == 0.0)) continue;
    ++finite;
    const auto back = pet::parse_number(pet::format_number(value));
    REQUIRE(back);
    REQUIRE(std::memcmp(&*back, &value, sizeof value) == 0);
  }
  CHECK(finite > 19000);
}

TEST_CASE("Numbers are written in their shortest form", "[tsv]") {
  CHECK(pet::format_number(0.1) == "0.1");
  CHECK(pet::format_number(10.0) == "10");
  CHECK(pet::format_number(std::numeric_limits<double>::quiet_NaN()) == "n/a");
  CHECK(pet::format_number(std::numeric_limits<double>::infinity()) == "inf");
  CHECK(pet::format_number(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("Seconds that came through minutes are whole again", "[tsv]") {
  for (int seconds = -600; seconds <= 7200; ++seconds)
    REQUIRE(pet::format_seconds(seconds / 60.0) == std::to_string(seconds));
  CHECK(pet::format_seconds(29.999 / 60.0) == "29.999");
  CHECK(pet::format_seconds(-1e-12) == "0");
}

TEST_CASE("A written table reads back, with tabs and quotes in its cells", "[tsv]") {
  pet::TsvWriter writer({"name", "value"});
  writer.row({"left\tputamen", "1"});
  writer.row({"\"quoted\"", ""});
  CHECK(writer.text().find('\r') == std::string::npos);
  const Tsv table = Tsv::parse(writer.text(), "t.tsv");
  REQUIRE(table.rows() == 2);
  CHECK(table.cell(0, 0) == "left\tputamen");
  CHECK(table.cell(1, 0) == "\"quoted\"");
  CHECK(table.cell(1, 1) == "n/a");
}

TEST_CASE("A row of another width or with a line break is not written", "[tsv]") {
  pet::TsvWriter writer({"a", "b"});
  CHECK_THROWS_AS(writer.row({"1"}), std::logic_error);
  CHECK_THROWS_AS(writer.row({"1", "2\n3"}), pet::InputError);
}

TEST_CASE("Every table of the BIDS examples reads, with CRLF, n/a and missing final newlines", "[tsv][reference]") {
  const std::filesystem::path examples = std::filesystem::path(OCCUPET_REFERENCE_DIR) / "bids_examples";
  if (!std::filesystem::is_directory(examples)) {
    WARN("no reference data: skipped");
    return;
  }
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(examples)) {
    if (entry.path().extension() != ".tsv") continue;
    INFO(entry.path());
    ++files;
    const Tsv table = Tsv::read(entry.path().string());
    CHECK(table.rows() > 0);
    CHECK(table.header().back().find('\r') == std::string::npos);
    if (const auto time = table.find("time"))
      for (std::size_t row = 0; row < table.rows(); ++row) CHECK_NOTHROW(table.required_number(row, *time));
  }
  CHECK(files > 15);
}

}  // namespace
