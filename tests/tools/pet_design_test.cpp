// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/tsv.h"
#include "tests/tools/command_fixture.h"

using namespace pet;

TEST_CASE("pet-design gives power, subjects, concentrations and the occupancy by the tracer", "[pet-design]") {
  const Workplace here;
  const CommandResult result = here.run(
      "pet-design --change 14 --sd 13 --subjects 8,10 --power 0.9 --ec50 1.97 --largest 20 --made 20,20 "
      "--free 0.1 --kd 0.5 -o design.tsv");
  INFO(result.err);
  REQUIRE(result.status == 0);
  const Tsv table = Tsv::parse(here.read("design.tsv"), "design.tsv");
  REQUIRE(table.rows() == 7);
  // Worked values of the noncentral t; 12 subjects have a power of 0.924, 10 one of 0.857.
  CHECK(table.required_number(0, 2) == Approx(0.743270377).epsilon(1e-6));
  CHECK(table.required_number(1, 2) == Approx(0.856863996).epsilon(1e-6));
  CHECK(table.required_number(2, 2) == 12.0);
  CHECK(table.required_number(3, 2) == Approx(1.645781119).epsilon(1e-6));
  CHECK(table.required_number(4, 2) == 20.0);
  CHECK(table.required_number(5, 2) == Approx(1.6458).epsilon(0.01));
  CHECK(table.required_number(6, 2) == Approx(0.1 / 0.6).epsilon(1e-9));
  CHECK_THAT(here.read("design.json"), Catch::Contains("CommandLine"));
}

TEST_CASE("pet-design refuses what makes no design with one line and status 2", "[pet-design]") {
  const Workplace here;
  for (const char* arguments :
       {"", "--change 1", "--change 1 --sd 1", "--change 1 --sd 0 --subjects 8", "--subjects 8", "--ec50 2",
        "--change 1 --sd 1 --subjects 1", "--change 1 --sd 1 --subjects 8.5", "--ec50 0 --largest 20", "--made 3",
        "--free 1", "--free -1 --kd 1", "--change 0 --sd 1 --power 0.8", "--change 1 --sd 1 --power 2"}) {
    INFO(arguments);
    const CommandResult result = here.run(std::string("pet-design ") + arguments + " -o out.tsv");
    CHECK(result.status == 2);
    CHECK(is_one_line(result.err));
    CHECK(here.files().empty());
  }
}
