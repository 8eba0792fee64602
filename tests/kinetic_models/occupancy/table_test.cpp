// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/table.h"

#include <catch2/catch.hpp>
#include <cmath>

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
  CHECK(result.table.rows[0].occupancy.value() == Approx(0.6));
  CHECK_FALSE(result.table.rows[0].standard_error);
  CHECK_FALSE(result.table.rows[0].lower);
  CHECK(result.failed == 0);
}

TEST_CASE("Flags of the fits come along, and a table without statuses counts as ok", "[occupancy]") {
  auto baseline = table_of("base.tsv", "BPND", {{"insula", 1.5}});
  baseline.rows[0].flags = {"low_binding"};
  baseline.rows[0].status.clear();
  const OccupancyResult result = occupancy_of_scans(baseline, table_of("drug.tsv", "BPND", {{"insula", 0.6}}), {});
  CHECK(result.table.rows[0].flags == std::vector<std::string>{"baseline_low_binding"});
  CHECK(result.table.rows[0].status == "ok");
}

TEST_CASE("Scans that were quantified in different ways are not compared", "[occupancy]") {
  auto baseline = table_of("base.tsv", "BPND", {{"insula", 1.5}});
  auto drug = table_of("drug.tsv", "BPND", {{"insula", 0.6}});
  baseline.model_label = "SRTM";
  drug.model_label = "SUVR";
  CHECK_THROWS_WITH(occupancy_of_scans(baseline, drug, {}), Catch::Contains("SUVR") && Catch::Contains("SRTM"));
  drug.model_label = "SRTM";
  baseline.reference_region = "cerebellum";
  drug.reference_region = "pons";
  CHECK_THROWS_AS(occupancy_of_scans(baseline, drug, {}), InputError);
}

TEST_CASE("The standard error of a VND that a region gives is carried", "[occupancy]") {
  const auto baseline = table_of("base.tsv", "VT", {{"r1", 9.0}, {"r2", 14.0}});
  const auto drug = table_of("drug.tsv", "VT", {{"r1", 8.4}, {"r2", 10.6}});
  OccupancyRequest request;
  request.vnd_region = "r1";
  const OccupancyRow row = occupancy_of_scans(baseline, drug, request).table.rows[1];
  // BPND = VT / VND - 1 with s = .05 each: var BPND = (s / VND)^2 (1 + (VT / VND)^2); then the ratio.
  const double b = 14.0 / 9.0 - 1.0, d = 10.6 / 8.4 - 1.0;
  const double sb = 0.05 / 9.0 * std::hypot(1.0, 14.0 / 9.0), sd = 0.05 / 8.4 * std::hypot(1.0, 10.6 / 8.4);
  CHECK(row.standard_error.value() == Approx(d / b * std::hypot(sb / b, sd / d)).epsilon(1e-9));
}

TEST_CASE("Regions whose fits failed are no points of a Lassen plot, and the plot says that some are missing",
          "[occupancy]") {
  auto baseline = table_of("base.tsv", "VT", {{"a", 9.0}, {"b", 14.0}, {"c", 20.0}, {"d", 70.0}});
  const auto drug = table_of("drug.tsv", "VT", {{"a", 8.4}, {"b", 10.4}, {"c", 12.8}, {"d", 12.0}});
  baseline.rows[3].status = "not_converged";
  OccupancyRequest request;
  request.method = OccupancyMethod::lassen;
  const OccupancyResult result = occupancy_of_scans(baseline, drug, request);
  CHECK(result.plot->occupancy == Approx(0.6));
  CHECK(result.plotted == std::vector<std::string>{"a", "b", "c"});
  CHECK(result.table.rows[0].flags.back() == "regions_left_out");
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
