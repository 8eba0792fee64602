// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/tsv.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

void write_scan(const Workplace& here) {
  here.write("kinpar.tsv",
             "index\tname\tBPND\tBPND-se\tstatus\tflags\n"
             "1\tctx-lh-precuneus\t1.2\t5\tok\tn/a\n2\tctx-rh-precuneus\t0.8\t10\tok\tn/a\n3\tputamen\tn/a\tn/"
             "a\tfailed\tzero_curve\n");
  here.write("morph.tsv", "index\tname\tvolume-mm3\n1\tctx-lh-precuneus\t3000\n2\tctx-rh-precuneus\t1000\n");
  here.write("groups.tsv", "RegionName\tConstituentRegion\nprecuneus\tctx-lh-precuneus\nprecuneus\tctx-rh-precuneus\n");
  here.write("norms.tsv",
             "name\tmean\tsd\tage\tchange_per_decade\toldest\tsource\n"
             "precuneus\t1.5\t0.25\t30\t-0.06\t60\tsome paper\n");
}

}  // namespace

TEST_CASE("pet-density gives density, deviation from the norm and the group", "[pet-density]") {
  const Workplace here;
  write_scan(here);
  const CommandResult result = here.run(
      "pet-density kinpar.tsv --bmax-factor 20 --bmax-factor-se 2 --norms norms.tsv --age 70 --groups groups.tsv "
      "--morph morph.tsv -o density.tsv");
  INFO(result.err);
  REQUIRE(result.status == 1);  // the putamen failed
  const Tsv table = Tsv::parse(here.read("density.tsv"), "density.tsv");
  REQUIRE(table.rows() == 4);
  CHECK(table.cell(2, table.column("status")) == "failed");
  CHECK(table.cell(2, table.column("Bmax")) == "n/a");
  CHECK(table.cell(3, table.column("name")) == "precuneus");
  CHECK(table.required_number(3, table.column("BPND")) == Approx(1.1));
  CHECK(table.required_number(3, table.column("Bmax")) == Approx(22.0));
  CHECK(table.required_number(3, table.column("expected")) == Approx(1.5 * 0.94 * 0.94 * 0.94 * 0.94));
  CHECK(table.cell(3, table.column("flags")) == "age_outside_norms");
  const std::string sidecar = here.read("density.json");
  for (const char* text : {"some paper", "exponential", "pmol/mL", "CommandLine", "norms.tsv", "GroupWeights"})
    CHECK_THAT(sidecar, Catch::Contains(text));
}

TEST_CASE("pet-density refuses what it cannot use with one line", "[pet-density]") {
  const Workplace here;
  write_scan(here);
  const auto refused = [&](const std::string& arguments, int status) {
    const CommandResult result = here.run("pet-density kinpar.tsv " + arguments + " -o density.tsv");
    INFO(arguments << ": " << result.err);
    CHECK(result.status == status);
    CHECK(is_one_line(result.err));
    CHECK_FALSE(here.has("density.tsv"));
  };
  refused("", 2);
  refused("--bmax-factor 20", 2);
  refused("--bmax-factor -1 --bmax-factor-se 0", 2);
  refused("--age 40", 2);
  refused("--groups groups.tsv", 2);
  refused("--norms norms.tsv --groups groups.tsv --morph morph.tsv", 2);  // no age
  refused("--norms absent.tsv", 66);
  refused("--networks norms.tsv", 65);
  refused("--bmax-factor 20 --bmax-factor-se 1 --measure VT", 2);
}
