// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "libpet/io/blood_samples_file.h"
#include "libpet/io/tac_table_file.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

using Catch::Matchers::Contains;
using pet::read_tac_table;
using pet::test::TemporaryFolder;

TEST_CASE("A PMOD table is in minutes and kBq/mL, and 29.999 is the border 30", "[lab_files]") {
  const TemporaryFolder folder;
  const auto table = read_tac_table(folder.file(
      "a.tac", "start[seconds]\tend[Bq/cc]\tFrontal Cortex\tPutamen_C\n0\t30\t1000\t2\n29.999\t60\t2000\t3\n"));
  CHECK(table.regions == std::vector<std::string>{"Frontal Cortex", "Putamen_C"});
  CHECK(table.frames[1] == pet::Frame{0.5, 1.0});
  CHECK(table.activity[0] == std::vector<double>{1.0, 2.0});
  CHECK_THROWS_WITH(read_tac_table(folder.file("b.tac", "start[seconds]\tend\tA\n0\t30\t1\n")),
                    Contains("b.tac:1: found no unit of activity"));
  const auto back = read_tac_table(folder.file("c.tac", pet::pmod_tac_text(table)));
  CHECK(back.activity == table.activity);
}

TEST_CASE("A Turku table has regions named by name, hemisphere and plane", "[lab_files]") {
  const TemporaryFolder folder;
  const auto table = read_tac_table(
      folder.file("a.dft", "DFT putam cereb\nexam0001 dx .\nkBq/ml pl18 pl29\nTimes (min) 675.2 .\n0 0.25 1 2\n"));
  CHECK(table.regions == std::vector<std::string>{"putam_dx_pl18", "cereb_pl29"});
  CHECK(table.frames[0] == pet::Frame{0.0, 0.25});
  CHECK(table.volume_mm3[0] == 675.2);
  CHECK_FALSE(table.volume_mm3[1]);
}

TEST_CASE("Blood keeps negative values and leaves out rows of zeros that pad the end", "[lab_files]") {
  const TemporaryFolder folder;
  folder.file("x_recording-manual_blood.json", R"({"Units": "Bq/mL", "PlasmaAvail": true})");
  const auto blood = pet::read_blood_samples({folder.file(
      "x_recording-manual_blood.tsv", "time\tplasma_radioactivity\n30\t-500\n60\tn/a\n90\t2000\n0\t0\n0\t0\n")});
  CHECK(blood.plasma.time_min == std::vector<double>{0.5, 1.5});
  CHECK(blood.plasma.value == std::vector<double>{-0.5, 2.0});
  CHECK(blood.notes.size() == 2);
}

}  // namespace
