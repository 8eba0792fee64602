// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/table.h"

#include <algorithm>
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

TEST_CASE("A region without a standard error is left out of a Deming plot, which says so", "[occupancy]") {
  auto baseline = table_of("base.tsv", "VT", {{"a", 20.0}, {"b", 17.0}, {"c", 14.0}, {"d", 11.0}});
  const auto drug = table_of("drug.tsv", "VT", {{"a", 12.8}, {"b", 11.6}, {"c", 10.4}, {"d", 9.2}});
  baseline.rows[1].cells[0].standard_error.reset();
  OccupancyRequest request;
  request.method = OccupancyMethod::lassen;
  request.regression = LassenRegression::deming;
  const OccupancyResult result = occupancy_of_scans(baseline, drug, request);
  CHECK(result.plotted == std::vector<std::string>{"a", "c", "d"});
  CHECK(result.plot->occupancy == Approx(0.6));
  CHECK(std::count(result.plot->flags.begin(), result.plot->flags.end(), "regions_left_out") == 1);
  REQUIRE(result.warnings.size() == 1);
  CHECK_THAT(result.warnings.front(), Catch::Contains("'b'") && Catch::Contains("standard error"));
}

TEST_CASE("The degrees of freedom of the fits, and of test-retest data, widen the interval of a ratio", "[occupancy]") {
  auto baseline = table_of("base.tsv", "BPND", {{"insula", 1.0}});
  auto drug = table_of("drug.tsv", "BPND", {{"insula", 0.4}});
  baseline.rows[0].cells[0].standard_error = 0.0;
  drug.rows[0].cells[0].standard_error = 0.01;
  for (ParameterTable* table : {&baseline, &drug}) {
    table->extra_columns = {"AICc", "dof"};
    table->rows[0].extra = {-100.0, 9.0};
  }
  OccupancyRequest request;
  // Student's t: 2.262157 with 9, 2.364624 with 7.
  const OccupancyRow of_fits = occupancy_of_scans(baseline, drug, request).table.rows[0];
  CHECK(*of_fits.upper - *of_fits.occupancy == Approx(0.02262157).epsilon(1e-6));
  request.covariance = RegionCovariance{{"insula"}, {1e-4}, 0.0, 7};
  const OccupancyRow repeated = occupancy_of_scans(baseline, drug, request).table.rows[0];
  const double ratio = 1.0 - *repeated.upper;  // drug - ratio baseline is 2.364624 of its standard errors from zero
  CHECK((0.4 - ratio) / (0.01 * std::sqrt(1.0 + ratio * ratio)) == Approx(2.364624).epsilon(1e-6));
}

TEST_CASE("Standard errors of the fits stay where test-retest data have them too, and the rest is added",
          "[occupancy]") {
  auto baseline = table_of("base.tsv", "BPND", {{"insula", 1.0}});
  auto drug = table_of("drug.tsv", "BPND", {{"insula", 0.0}});
  baseline.rows[0].cells[0].standard_error = 0.06;
  drug.rows[0].cells[0].standard_error = 0.01;
  OccupancyRequest request;
  request.covariance = RegionCovariance{{"insula"}, {4e-4}, 0.0, std::nullopt, true, {1e-4}};
  // Ratio 0, so that the drug scan alone counts: its own 1e-4 and 3e-4 (1 + 0)^2 that repeats differ by beyond fits.
  const OccupancyRow row = occupancy_of_scans(baseline, drug, request).table.rows[0];
  CHECK(*row.standard_error == Approx(0.02));
  CHECK(row.flags.empty());
  // Fits that account for more than all of it: their own errors, and the row says so.
  request.covariance->of_fits = {5e-4};
  const OccupancyRow alone = occupancy_of_scans(baseline, drug, request).table.rows[0];
  CHECK(*alone.standard_error == Approx(0.01));
  CHECK(alone.flags == std::vector<std::string>{"no_excess_error"});
  // Where it is not known what they account for, the whole takes their place.
  request.covariance->of_fits = {std::nan("")};
  CHECK(*occupancy_of_scans(baseline, drug, request).table.rows[0].standard_error == Approx(0.02));
}

TEST_CASE("The VND of a Lassen plot is as uncertain as its few regions leave it", "[occupancy]") {
  auto baseline = table_of("base.tsv", "VT", {{"a", 20.0}, {"b", 17.0}, {"c", 14.0}, {"d", 11.0}});
  auto drug = table_of("drug.tsv", "VT", {{"a", 12.81}, {"b", 11.59}, {"c", 10.41}, {"d", 9.2}});
  for (ParameterTable* table : {&baseline, &drug})
    for (ParameterRow& row : table->rows) row.cells[0].standard_error = 0.0;
  OccupancyRequest request;
  request.method = OccupancyMethod::lassen;
  // Only VND errs, in both volumes of a region alike; Student's t with n - 2 = 2 is 4.302653, with n - 1 = 3 3.182446.
  for (const auto& [regression, t] :
       {std::pair{LassenRegression::ordinary, 4.302653}, {LassenRegression::orthogonal, 3.182446}}) {
    request.regression = regression;
    const OccupancyResult result = occupancy_of_scans(baseline, drug, request);
    const OccupancyRow& region = result.table.rows[1];
    for (const double end : {*region.lower, *region.upper}) {
      const double q = 1.0 - end;
      const double off = (12.81 - result.plot->VND) - q * (20.0 - result.plot->VND);
      CHECK(std::abs(off) / (std::abs(end) * result.plot->VND_se) == Approx(t).epsilon(1e-5));
    }
  }
}

TEST_CASE("A change is the fraction of the first scan, beside what could be told from none", "[change]") {
  const auto before = table_of("before.tsv", "VT", {{"hippocampus", 20.0}, {"insula", 10.0}, {"thalamus", 8.0}});
  const auto after = table_of("after.tsv", "VT", {{"hippocampus", 22.0}, {"insula", 13.0}, {"thalamus", 8.1}});
  OccupancyRequest request;
  request.method = OccupancyMethod::change;
  request.measure = "VT";
  const OccupancyResult alone = occupancy_of_scans(before, after, request);
  CHECK(alone.table.quantity == "change");
  CHECK(*alone.table.rows[0].occupancy == Approx(0.1));
  CHECK(*alone.table.rows[0].standard_error == Approx(1.1 * std::hypot(0.05 / 20.0, 0.05 / 22.0)));
  CHECK(*alone.table.rows[0].lower < 0.1);
  CHECK(*alone.table.rows[0].upper > 0.1);
  CHECK(alone.table.rows[0].flags == std::vector<std::string>{"no_test_retest"});
  // Variances of log VT: 0.05^2 and 0.1^2 with 9 degrees of freedom; t sqrt(2) 0.05 = 0.15996, t sqrt(2) 0.1 = 0.31992.
  request.covariance = RegionCovariance{
      {"hippocampus", "insula", "thalamus"}, {0.0025, 0, 0, 0, 0.0001, 0, 0, 0, 0.01}, 0.0, 9, true, {}};
  const OccupancyResult result = occupancy_of_scans(before, after, request);
  REQUIRE(result.table.extra_columns == std::vector<std::string>{"MDC"});
  CHECK(*result.table.rows[0].extra[0] == Approx(2.262157 * std::sqrt(2.0) * 0.05));
  CHECK(result.table.rows[0].flags == std::vector<std::string>{"below_detectable_change"});
  CHECK(*result.table.rows[1].extra[0] == Approx(2.262157 * std::sqrt(2.0) * 0.01));
  CHECK(result.table.rows[1].flags.empty());
  // The interval comes from the same errors, 5 % in both scans: sqrt(2) 0.05 1.1.
  CHECK(*result.table.rows[0].standard_error == Approx(1.1 * std::sqrt(2.0) * 0.05));
  request.measure = "K1";
  CHECK_THROWS_WITH(occupancy_of_scans(before, after, request), Catch::Contains("gives no change"));
}

TEST_CASE("A tracer whose description says change has no occupancy, and a drug may have none", "[change]") {
  Tracer tracer;
  tracer.name = "[11C]UCB-J";
  tracer.endpoint = Tracer::Endpoint::change;
  CHECK_THROWS_WITH(require_endpoint(tracer, "", OccupancyMethod::bpnd), Catch::Contains("method change"));
  CHECK_NOTHROW(require_endpoint(tracer, "", OccupancyMethod::change));
  tracer.endpoint = Tracer::Endpoint::occupancy;
  tracer.change_only_drugs = {"ketamine"};
  CHECK_NOTHROW(require_endpoint(tracer, "psilocybin", OccupancyMethod::lassen));
  CHECK_THROWS_WITH(require_endpoint(tracer, "Ketamine", OccupancyMethod::lassen), Catch::Contains("after Ketamine"));
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
