// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "libpet/error.h"
#include "libpet/io/sidecar.h"
#include "libpet/io/tac_table_file.h"
#include "tests/libpet/io/temporary_folder.h"

namespace {

using Catch::Matchers::Contains;
using pet::read_tac_table;
using pet::test::TemporaryFolder;

const std::string head =
    "# PMOD_VOI_STATISTICS\n# FORMAT[UNI]\n# DATE_TIME[2020-01-01]\n# VERSION[3.807]\n"
    "# AXIS[Experiment][VOI][TAC][]\n# DATA\n"
    "// Component [string]\tFile\tPatientName\tPatientID\tVoiName(Region) [string]\tTime [seconds]\tAveraged [kBq/cc]\t"
    "Volume [ccm]\n";

std::string row(const char* region, const char* time, const char* activity, const char* volume) {
  return std::string("a\tb.dcm\tDOE^JANE\tID-4711\t") + region + "\t" + time + "\t" + activity + "\t" + volume + "\n";
}

const std::string rows = row("Caudate l", "15", "1.5", "2.25") + row("Caudate l", "60", "2.5", "2.25") +
                         row("Cerebellum", "15", "0.5", "40") + row("Cerebellum", "60", "0.75", "40") + "\n";
const std::string times =
    "# Acquisition times (start end)in seconds\r\n2 # Number of acquisitions\r\n0\t30\r\n30\t90\r\n";

TEST_CASE("VOI statistics of PMOD are curves with the frames of their acquisition times", "[tac_voistat]") {
  const TemporaryFolder folder;
  folder.file("x.acqtimes", times);
  const std::string path = folder.file("x.voistat", head + rows);
  const auto table = read_tac_table(path);
  CHECK(table.regions == std::vector<std::string>{"Caudate l", "Cerebellum"});
  CHECK(table.frames[1] == pet::Frame{0.5, 1.5});
  CHECK(table.activity[0] == std::vector<double>{1.5, 2.5});
  CHECK(table.volume_mm3[1] == 40000.0);
  CHECK(table.unit == pet::ActivityUnit::kBq_per_mL);
  CHECK(pet::with_sidecars({path}).front() == path);
}

TEST_CASE("VOI statistics that cannot be placed in time are refused, without saying who was scanned", "[tac_voistat]") {
  struct Case {
    std::string text;
    std::string times;
    const char* message;
  };
  const std::vector<Case> cases = {
      {head + rows, "", "x.acqtimes"},
      {head + rows, "1 # Number of acquisitions\n0\t30\n", "x.voistat:9: found more frames"},
      {head + rows, "2 #\n0\t40\n40\t90\n", "x.voistat:8: found a middle at 15 s"},
      {head + row("A", "15", "x", "1"), times, "x.voistat:8"},
      {head + row("A", "15", "1", "1"), times, "1 frames"},
      {head + rows + row("Caudate l", "15", "1", "1"), times, "there twice"},
      {"# PMOD_VOI_STATISTICS\nnothing\n", times, "no line of titles"},
      {"# PMOD_VOI_STATISTICS\n// Component\tVoiName(Region)\tTime [seconds]\n", times, "'Averaged'"},
      {head, times, "no rows"},
  };
  for (const Case& c : cases) {
    const TemporaryFolder folder;
    if (!c.times.empty()) folder.file("x.acqtimes", c.times);
    const std::string path = folder.file("x.voistat", c.text);
    INFO(c.message);
    try {
      read_tac_table(path);
      FAIL("accepted");
    } catch (const pet::InputError& error) {
      CHECK_THAT(error.what(), Contains(c.message));
      CHECK_THAT(error.what(), !Contains("DOE") && !Contains("4711"));
    }
  }
}

}  // namespace
