// SPDX-License-Identifier: Apache-2.0
// The whole way: the simulated psilocybin study as DICOM, its curves, fits and occupancies against its truth.
#include <cmath>
#include <map>

#include "libpet/io/parameter_table.h"
#include "libpet/io/tsv.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

// The steps of the quickstart in the folder of a test.
void quantify(const Workplace& here, const std::string& study) {
  const std::string steps =
      "pet-simulate " + std::string(OCCUPET_SOURCE_DIR) + "/data/studies/" + study +
      " -o study && "
      "for s in baseline psilocybin; do"
      "  labels=$(echo study/ses-$s/*_dseg.nii.gz) &&"
      "  pet-tac study/ses-$s/dicom --labels $labels --table ${labels%.nii.gz}.tsv -o ${s}_tacs.tsv &&"
      "  pet-fit ${s}_tacs.tsv --model srtm --reference cerebellum -o ${s}_kinpar.tsv || exit 1; "
      "done; "
      "pet-occupancy --baseline baseline_kinpar.tsv --drug psilocybin_kinpar.tsv -o occupancy.tsv";
  const CommandResult result = here.run(steps);
  INFO(result.err);
  REQUIRE(result.status == 0);
}

struct Truth {
  double BPND = 0.0;
  double occupancy = 0.0;
};

std::map<std::string, Truth> truth_of(const Workplace& here) {
  const Tsv table = Tsv::read((here.path / "study/truth.tsv").string());
  std::map<std::string, Truth> truth;
  for (std::size_t r = 0; r < table.rows(); ++r) {
    Truth& region = truth[table.cell(r, table.column("region"))];
    if (table.cell(r, table.column("session")) == "baseline")
      region.BPND = table.number(r, table.column("BPND")).value_or(0.0);
    else
      region.occupancy = table.number(r, table.column("occupancy")).value_or(0.0);
  }
  return truth;
}

}  // namespace

TEST_CASE("The psilocybin study gives its occupancy within .03 where BPND exceeds .8, and most intervals hold it",
          "[validation]") {
  const Workplace here;
  quantify(here, "psilocybin.json");
  const auto truth = truth_of(here);
  const OccupancyTable found = read_occupancy_table((here.path / "occupancy.tsv").string());
  int regions = 0;
  int held = 0;
  for (const OccupancyRow& row : found.rows) {
    const Truth& region = truth.at(row.name);
    if (!(region.BPND > 0.8)) continue;
    CAPTURE(row.name);
    ++regions;
    REQUIRE(row.occupancy);
    CHECK(row.status == "ok");
    CHECK(std::abs(*row.occupancy - region.occupancy) < 0.03);
    held += *row.lower <= region.occupancy && region.occupancy <= *row.upper ? 1 : 0;
  }
  CHECK(regions == 13);
  CHECK(held > regions / 2);
}

TEST_CASE("With two-tissue kinetics SRTM reads the cortical occupancy too low, as it is known to", "[validation]") {
  const Workplace here;
  quantify(here, "psilocybin_two_tissue.json");
  const auto truth = truth_of(here);
  const OccupancyTable found = read_occupancy_table((here.path / "occupancy.tsv").string());
  for (const OccupancyRow& row : found.rows) {
    const Truth& region = truth.at(row.name);
    if (!(region.BPND > 1.0)) continue;
    CAPTURE(row.name);
    REQUIRE(row.occupancy);
    CHECK(*row.occupancy < region.occupancy);
    CHECK(*row.occupancy > region.occupancy - 0.12);
  }
}
