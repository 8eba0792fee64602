// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/table.h"

#include <catch2/catch.hpp>

#include "libpet/error.h"

using namespace pet;

namespace {

ParameterTable table_of(std::string source, std::string parameter, std::vector<std::pair<std::string, double>> rows) {
  ParameterTable table;
  table.source = std::move(source);
  table.parameters = {std::move(parameter)};
  int index = 0;
  for (auto& [name, value] : rows) table.rows.push_back({++index, name, {{value, 0.05, {}, {}}}, "ok", {}, {}});
  return table;
}

}  // namespace

TEST_CASE("Regions of two scans are matched by name, whatever their order", "[occupancy]") {
  const auto baseline = table_of("base.tsv", "BPND", {{"insula", 1.5}, {"caudate", 0.5}});
  const auto drug = table_of("drug.tsv", "BPND", {{"caudate", 0.2}, {"insula", 0.6}});
  const OccupancyResult result = occupancy_of_scans(baseline, drug, {});
  REQUIRE(result.table.rows.size() == 2);
  CHECK(result.table.rows[0].name == "insula");
  CHECK(result.table.rows[0].occupancy.value() == Approx(0.6));
  CHECK(result.table.rows[1].occupancy.value() == Approx(0.6));
  CHECK(result.warnings.empty());
}

TEST_CASE("A region that one scan lacks is left out with a warning, one that is asked for is an error", "[occupancy]") {
  const auto baseline = table_of("base.tsv", "BPND", {{"insula", 1.5}, {"caudate", 0.5}});
  const auto drug = table_of("drug.tsv", "BPND", {{"insula", 0.6}});
  const OccupancyResult result = occupancy_of_scans(baseline, drug, {});
  CHECK(result.table.rows.size() == 1);
  REQUIRE(result.warnings.size() == 1);
  CHECK_THAT(result.warnings.front(), Catch::Contains("caudate"));
  OccupancyRequest request;
  request.regions = {"insulla"};
  CHECK_THROWS_WITH(occupancy_of_scans(baseline, drug, request), Catch::Contains("did you mean 'insula'"));
}

TEST_CASE("An occupancy from a fit that was not ok has its status and says which scan it was", "[occupancy]") {
  auto baseline = table_of("base.tsv", "BPND", {{"insula", 1.5}});
  baseline.rows[0].status = "at_bound";
  const OccupancyResult result = occupancy_of_scans(baseline, table_of("drug.tsv", "BPND", {{"insula", 0.6}}), {});
  CHECK(result.table.rows[0].flags == std::vector<std::string>{"baseline_at_bound"});
  CHECK(result.table.rows[0].status == "at_bound");
  CHECK(result.failed == 0);
}

TEST_CASE("Volumes become binding potentials by VND of a region in each scan", "[occupancy]") {
  const auto baseline = table_of("base.tsv", "VT", {{"cerebellum", 8.0}, {"insula", 20.0}});
  const auto drug = table_of("drug.tsv", "VT", {{"cerebellum", 8.0}, {"insula", 12.8}});
  OccupancyRequest request;
  request.vnd_region = "cerebellum";
  const OccupancyResult result = occupancy_of_scans(baseline, drug, request);
  CHECK(result.table.measure == "BPND");
  CHECK(result.table.rows[1].baseline.value() == Approx(1.5));
  CHECK(result.table.rows[1].occupancy.value() == Approx(0.6));
  CHECK(result.table.rows[0].status == "unidentifiable");
}

TEST_CASE("A Lassen table begins with the plot and continues with regions on its VND", "[occupancy]") {
  const auto baseline = table_of("base.tsv", "VT", {{"a", 9.0}, {"b", 14.0}, {"c", 20.0}});
  const auto drug = table_of("drug.tsv", "VT", {{"a", 8.4}, {"b", 10.4}, {"c", 12.8}});
  OccupancyRequest request;
  request.method = OccupancyMethod::lassen;
  const OccupancyResult result = occupancy_of_scans(baseline, drug, request);
  REQUIRE(result.table.rows.size() == 4);
  CHECK(result.table.rows[0].name == "lassen");
  CHECK(result.plot->VND == Approx(8.0));
  CHECK(result.table.rows[0].extra[0].value() == Approx(8.0));
  for (const OccupancyRow& row : result.table.rows) CHECK(row.occupancy.value() == Approx(0.6));
}

TEST_CASE("A measure that a table lacks is an input error that names the table", "[occupancy]") {
  const auto baseline = table_of("base.tsv", "VT", {{"a", 9.0}});
  CHECK_THROWS_AS(occupancy_of_scans(baseline, baseline, {}), InputError);
}
