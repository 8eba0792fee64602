// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/curve_table.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <limits>

#include "libpet/error.h"

using namespace pet;

TEST_CASE("A baseline has the flag of its own interval, not of that of another subject", "[curve]") {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  CurveFit fit;
  fit.status = FitStatus::ok;
  fit.flags = {"BP0_unbounded"};
  fit.estimates = {{"Omax", "", 0.8, 0.1, 0.6, 1.0}, {"EC50", "", 2.0, 0.1, 1.8, 2.2}};
  fit.subjects = {"a", "b"};
  fit.baselines = {{"BP0", "", 1.2, 0.1, 1.0, 1.4}, {"BP0", "", 1.2, 0.1, 1.0, infinity}};
  const std::vector<CurveRow> rows = curve_rows(fit, {.x = "ug/L", .y = "1"});
  REQUIRE(rows.size() == 4);
  CHECK(rows[0].flags.empty());
  CHECK(rows[2].parameter == "BP0[a]");
  CHECK(rows[2].flags.empty());
  CHECK(rows[3].flags == std::vector<std::string>{"BP0_unbounded"});
}

TEST_CASE("One scan twice is refused where subjects tell, and warned of where they do not", "[curve]") {
  const Tsv table = Tsv::parse("who\tdose\tocc\na\t1\t0.3\nb\t2\t0.5\na\t1\t0.3\n", "scans.tsv");
  std::vector<std::string> warnings;
  CHECK_THROWS_WITH(
      curve_observations(table, {.x = "dose", .y = "occ", .subject = "who"}, CurveEndpoint::occupancy, 1.0, warnings),
      Catch::Contains("scans.tsv:4") && Catch::Contains("scans.tsv:2"));
  CHECK(warnings.empty());
  const auto all = curve_observations(table, {.x = "dose", .y = "occ"}, CurveEndpoint::occupancy, 1.0, warnings);
  CHECK(all.size() == 3);
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings.front(), Catch::Contains("scans.tsv:4") && Catch::Contains("scans.tsv:2"));
}
