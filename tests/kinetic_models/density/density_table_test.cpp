// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/density/density_table.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpet/error.h"

using namespace pet;

namespace {

ParameterRow region(int index, const std::string& name, double BPND, double se, const std::string& status = "ok") {
  ParameterRow row{
      .index = index, .name = name, .cells = {{BPND, se, {}, {}}}, .status = status, .flags = {}, .extra = {}};
  return row;
}

ParameterTable scan() {
  ParameterTable table;
  table.source = "kinpar.tsv";
  table.parameters = {"BPND"};
  table.units = {"1"};
  table.rows = {region(1, "lh-precuneus", 1.2, 0.06), region(2, "rh-precuneus", 0.8, 0.08),
                region(3, "cuneus", 1.0, 0.5, "at_bound")};
  return table;
}

const std::vector<RegionVolume> volumes = {{"lh-precuneus", 3000.0}, {"rh-precuneus", 1000.0}, {"cuneus", 500.0}};

}  // namespace

TEST_CASE("Bmax carries the errors of binding and factor", "[density]") {
  const DensityTable table = density_of_regions(scan(), {.factor = BmaxFactor{20.0, 2.0}});
  REQUIRE(table.rows.size() == 3);
  CHECK(*table.rows[0].bmax == Approx(24.0));
  CHECK(*table.rows[0].bmax_se == Approx(std::sqrt(1.2 * 1.2 + 2.4 * 2.4)));
  CHECK(*table.rows[0].bmax_upper == Approx(24.0 + 1.959963985 * std::sqrt(7.2)));
  // A fit at its bound gives a number, and no error that could be trusted.
  CHECK(*table.rows[2].bmax == Approx(20.0));
  CHECK(table.rows[2].status == "at_bound");
  CHECK_FALSE(table.rows[2].bmax_se);
}

TEST_CASE("A group is the mean by volume, and its error that of errors in common unless they are independent",
          "[density]") {
  DensityRequest request{.groups = {{"precuneus", {"lh-precuneus", "rh-precuneus"}}}, .volumes = volumes};
  const DensityRow together = density_of_regions(scan(), request).rows.back();
  CHECK(together.kind == "group");
  CHECK(*together.binding == Approx(0.75 * 1.2 + 0.25 * 0.8));
  CHECK(*together.standard_error == Approx(0.75 * 0.06 + 0.25 * 0.08));
  request.error_correlation = 0.0;
  CHECK(*density_of_regions(scan(), request).rows.back().standard_error == Approx(std::hypot(0.045, 0.02)));
  request.groups = {{"posterior", {"lh-precuneus", "cuneus"}}};
  const DensityRow with_bad_part = density_of_regions(scan(), request).rows.back();
  CHECK(with_bad_part.status == "at_bound");
  CHECK(with_bad_part.flags == std::vector<std::string>{"part_not_ok"});
  CHECK_FALSE(with_bad_part.binding);
}

TEST_CASE("A network is the mean by volume times fraction, and says how much of it was measured", "[density]") {
  const NetworkMap map =
      network_map(Tsv::parse("region\themi\tn_vertices\tVis\tDefault\n"
                             "precuneus\tL\t10\t0.1\t0.6\nprecuneus\tR\t10\t0.2\t0.4\ncuneus\tL\t20\t1\t0\n",
                             "networks.tsv"));
  const DensityTable table = density_of_regions(scan(), {.networks = map, .volumes = volumes});
  REQUIRE(table.rows.size() == 5);
  const DensityRow& visual = table.rows[3];
  // The cuneus, most of the visual network, has no fit to trust.
  CHECK(*visual.covered == Approx(3.0 / 23.0));
  CHECK(visual.flags.back() == "network_incomplete");
  const DensityRow& default_mode = table.rows[4];
  CHECK(default_mode.name == "Default");
  CHECK(default_mode.index == 5);
  CHECK(*default_mode.covered == Approx(1.0));
  CHECK(*default_mode.binding == Approx((1800 * 1.2 + 400 * 0.8) / 2200));
  // Without volumes the sizes of the map weight the parcels.
  const DensityTable by_vertices = density_of_regions(scan(), {.networks = map});
  CHECK(*by_vertices.rows[4].binding == Approx((6 * 1.2 + 4 * 0.8) / 10));
}

TEST_CASE("z scores come from the norm of that name, else from those of the parts", "[density]") {
  DensityRequest request{.norms = {{.name = "lh-precuneus", .mean = 1.0, .sd = 0.2, .subjects = 16.0},
                                   {.name = "rh-precuneus", .mean = 1.2, .sd = 0.4, .subjects = 16.0}},
                         .groups = {{"precuneus", {"lh-precuneus", "rh-precuneus"}}},
                         .volumes = volumes};
  const DensityTable without = density_of_regions(scan(), request);
  CHECK(*without.rows[0].z == Approx(1.0));
  CHECK(*without.rows[0].z_se == Approx(std::hypot(0.06, 0.05) / 0.2));
  CHECK(without.rows[2].flags.back() == "no_norm");
  CHECK_FALSE(without.rows[3].z);
  request.norm_correlation = 0.5;
  const DensityRow group = density_of_regions(scan(), request).rows[3];
  // Expected 0.75 x 1.0 + 0.25 x 1.2; variance 0.15^2 + 0.1^2 + 2 x 0.5 x 0.15 x 0.1.
  CHECK(*group.expected == Approx(1.05));
  CHECK(*group.z == Approx((1.1 - 1.05) / std::sqrt(0.0475)));
}

TEST_CASE("Requests that make no density are refused", "[density]") {
  CHECK_THROWS_AS(density_of_regions(scan(), {.factor = BmaxFactor{0.0, 1.0}}), UsageError);
  CHECK_THROWS_AS(density_of_regions(scan(), {.error_correlation = 1.5}), UsageError);
  CHECK_THROWS_AS(density_of_regions(scan(), {.groups = {{"g", {"cuneus"}}}}), UsageError);
  CHECK_THROWS_WITH(density_of_regions(scan(), {.groups = {{"g", {"cunueus"}}}, .volumes = volumes}),
                    Catch::Contains("did you mean 'cuneus'"));
  CHECK_THROWS_WITH(density_of_regions(scan(), {.groups = {{"g", {"cuneus"}}}, .volumes = std::vector<RegionVolume>{}}),
                    Catch::Contains("has no volume"));
  ParameterTable volumes_of_distribution = scan();
  volumes_of_distribution.parameters = {"VT"};
  CHECK_THROWS_WITH(density_of_regions(volumes_of_distribution, {.measure = "VT", .factor = BmaxFactor{20.0, 2.0}}),
                    Catch::Contains("binding potential"));
}
