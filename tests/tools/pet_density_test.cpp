// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/tsv.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

namespace {

void write_scan(const Workplace& here) {
  here.write("base.tsv", "index\tname\tBPND\tBPND-stderr\tstatus\tflags\n1\tneocortex\t0.9\t0.03\tok\tn/a\n");
  here.write("norms.tsv", "name\tmean\tsd\tage\tchange_per_decade\nneocortex\t1.38\t0.2546\t24\t-0.06\n");
}

}  // namespace

TEST_CASE("pet-density gives density and z-score with a sidecar that names the factor", "[pet-density]") {
  const Workplace here;
  write_scan(here);
  const CommandResult result = here.run(
      "pet-density base.tsv --factor 19.4 --factor-se 2 --source calibration --norms norms.tsv --age 60 "
      "--age-form linear -o density.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const Tsv table = Tsv::parse(here.read("density.tsv"), "density.tsv");
  CHECK(table.required_number(0, table.column("Bmax")) == Approx(17.46));
  CHECK(table.required_number(0, table.column("Bmax_se")) == Approx(1.891752));  // sqrt(0.582^2 + 1.8^2)
  CHECK(table.required_number(0, table.column("z")) == Approx(-0.71453).epsilon(1e-4));
  for (const char* word : {"\"FactorSource\": \"calibration\"", "pmol/mL", "norms.tsv", "\"Age\": 60"})
    CHECK_THAT(here.read("density.json"), Catch::Contains(word));
}

TEST_CASE("pet-density refuses what makes no density with one line and no output", "[pet-density]") {
  const Workplace here;
  write_scan(here);
  here.write("bad.tsv", "name\tmean\tsd\nneocortex\t1.38\t-1\n");
  const std::size_t before = here.files().size();
  const auto check = [&](const std::string& arguments, int status) {
    INFO(arguments);
    const CommandResult result = here.run("pet-density base.tsv -o out.tsv " + arguments);
    CHECK(result.status == status);
    CHECK(is_one_line(result.err));
    CHECK(here.files().size() == before);
  };
  check("", 2);
  check("--factor 0", 2);
  check("--factor 19.4 --age 60", 2);
  check("--factor 19.4 --measure VT", 65);
  check("--norms bad.tsv", 65);
  check("--norms missing.tsv", 66);
}
