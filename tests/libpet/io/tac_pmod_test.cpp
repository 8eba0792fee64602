// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <string>

#include "libpet/error.h"
#include "libpet/io/input_function_file.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tac_table_file.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

using Catch::Matchers::Contains;
using pet::read_tac_table;
using pet::TacTable;
using pet::test::TemporaryFolder;

constexpr const char* sample =
    "start[seconds]\tend[Bq/cc]\tCaudate nucl l\tCaudate nucl l_C\r\n"
    "0\t29.999\t1000\t1100\r\n30\t60.001\t2000\t2200\r\n60\t120\t3000\t3300\r\n";

TEST_CASE("PMOD curves take the unit after end, keep blanks in names and forgive 2 ms", "[tac_pmod]") {
  const TemporaryFolder folder;
  const std::string path = folder.file("x.tac", sample);
  folder.file("x.json", R"({"TracerRadionuclide": "C11"})");
  const TacTable table = read_tac_table(path);
  CHECK(table.regions == std::vector<std::string>{"Caudate nucl l", "Caudate nucl l_C"});
  CHECK(table.activity[1] == std::vector<double>{1.1, 2.2, 3.3});
  CHECK(table.unit == pet::ActivityUnit::kBq_per_mL);
  CHECK(table.frames.gap_count() == 0);
  CHECK(table.frames[2].end_min == 2.0);
  CHECK(table.tracer.radionuclide == "C11");
  CHECK(pet::with_sidecars({path}).size() == 2);
}

TEST_CASE("PMOD curves in minutes, or with the unit after each region, are the same", "[tac_pmod]") {
  const TemporaryFolder folder;
  for (const char* text : {"start[minutes]\tend[kBq/cc]\ta\n0\t1\t5\n", "start[seconds], end[kBq/ml], a\n 0, 60, 5\n",
                           "start[seconds] end[seconds] a[kBq/cc]\n0 60 5\n"}) {
    INFO(text);
    const TacTable table = read_tac_table(folder.file("x.tac", text));
    CHECK(table.frames[0] == pet::Frame{0.0, 1.0});
    CHECK(table.regions == std::vector<std::string>{"a"});
    CHECK(table.activity[0][0] == 5.0);
  }
}

TEST_CASE("PMOD curves that say too little are refused with file and line", "[tac_pmod]") {
  const TemporaryFolder folder;
  const auto refuses = [&](const std::string& text, const std::string& message) {
    INFO(text);
    CHECK_THROWS_WITH(read_tac_table(folder.file("x.tac", text)), Contains(message));
  };
  refuses("start[seconds]\tend\ta\n0\t60\t5\n", "x.tac:1: found no unit of activity");
  refuses("start\tend[kBq/cc]\ta\n0\t60\t5\n", "x.tac:1: found no unit of time");
  refuses("start[seconds]\tend[kBq/cc]\ta\n0\t60\tx\n", "x.tac:2 column 'a': found 'x'");
  refuses("start[seconds]\tend[kBq/cc]\ta\n0\t60\t5\n50\t120\t5\n", "overlap");
  refuses("start[seconds]\tend[kBq/cc]\ta\n60\t0\t5\n", "x.tac:2");
  refuses("frame_start\tframe_end\ta\n0\t60\t5\n", "the titles of no TAC table");
  refuses("", "an empty file");
}

TEST_CASE("PMOD curves without an activity per volume have an unknown unit", "[tac_pmod]") {
  const TemporaryFolder folder;
  for (const char* unit : {"1/1", "g/mL"}) {
    INFO(unit);
    const TacTable table =
        read_tac_table(folder.file("x.tac", std::string("start[seconds]\tend[") + unit + "]\ta\n0\t60\t5\n"));
    CHECK(table.unit == pet::ActivityUnit::unknown);
    CHECK(table.activity[0][0] == 5.0);
  }
}

TEST_CASE("PMOD curves that are written read back", "[tac_pmod]") {
  const TemporaryFolder folder;
  const TacTable table = read_tac_table(folder.file("x.tac", sample));
  const std::string text = pet::pmod_tac_text(table);
  CHECK_THAT(text, Contains("start[seconds]\tend[kBq/cc]\tCaudate nucl l\t"));
  const TacTable again = read_tac_table(folder.file("y.tac", text));
  CHECK(again.frames == table.frames);
  CHECK(again.activity == table.activity);
}

TEST_CASE("Damaged PMOD files give an InputError or a table, never anything else", "[tac_pmod]") {
  const TemporaryFolder folder;
  unsigned state = 1;
  const auto next = [&] { return state = state * 1664525u + 1013904223u, state >> 16; };
  const std::string blood = "sample-time[seconds]\tplasma[kBq/cc]\n0\t1\n60\t2\n";
  for (int i = 0; i < 400; ++i) {
    std::string text = i % 2 == 0 ? sample : blood;
    for (unsigned k = next() % 4; k > 0; --k) text[next() % text.size()] = static_cast<char>(next());
    text.resize(next() % (text.size() + 1));
    try {
      if (i % 2 == 0)
        read_tac_table(folder.file("x.tac", text));
      else
        pet::read_input_function(folder.file("x.bld", text));
    } catch (const pet::InputError&) {
    }
  }
  SUCCEED();
}

}  // namespace
