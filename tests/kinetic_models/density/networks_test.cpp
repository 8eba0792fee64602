// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/density/networks.h"

#include <catch2/catch.hpp>

#include "libpet/error.h"

using namespace pet;

namespace {

NetworkMap map_of(const std::string& rows) {
  return network_map(Tsv::parse("region\themi\tn_vertices\tVis\tDefault\tnone\tmajority\n" + rows, "networks.tsv"));
}

const char* const rows =
    "precuneus\tL\t100\t0.1\t0.6\t0.3\tDefault\n"
    "precuneus\tR\t300\t0.2\t0.4\t0.4\tDefault\n"
    "cuneus\tL\t200\t1\t0\t0\tVis\n";

}  // namespace

TEST_CASE("A region's name means one parcel or both sides", "[density]") {
  const NetworkMap map = map_of(rows);
  CHECK(map.networks == std::vector<std::string>{"Vis", "Default"});
  for (const char* name : {"ctx-lh-precuneus", "lh.precuneus", "L_Precuneus", "precuneus_left", "precuneus-lh"})
    CHECK(parcels_of(map, name) == std::vector<std::size_t>{0});
  CHECK(parcels_of(map, "ctx-rh-precuneus") == std::vector<std::size_t>{1});
  CHECK(parcels_of(map, "Precuneus") == std::vector<std::size_t>{0, 1});
  CHECK(parcels_of(map, "cuneus") == std::vector<std::size_t>{2});
  CHECK(parcels_of(map, "thalamus").empty());
  CHECK(parcels_of(map, "precunear").empty());  // not the right precuneus
  CHECK(parcels_of(map, "cuneus-rh").empty());
}

TEST_CASE("Fractions of both sides are weighted by size, and coverage by what was measured", "[density]") {
  const NetworkMap map = map_of(rows);
  const auto found = network_regions(map, {"thalamus", "precuneus"});
  REQUIRE(found.size() == 1);
  CHECK(found[0].region == 1);
  CHECK(network_fraction(map, found[0], 1) == Approx((100 * 0.6 + 300 * 0.4) / 400));
  CHECK(network_coverage(map, found, 1) == Approx(1.0));
  CHECK(network_coverage(map, found, 0) == Approx(70.0 / 270.0));
}

TEST_CASE("Maps of networks and regions that contradict each other are refused", "[density]") {
  CHECK_THROWS_WITH(map_of("a\tL\t0\t0.1\t0\t0\tx\n"), Catch::StartsWith("networks.tsv:2 column 'n_vertices'"));
  CHECK_THROWS_WITH(map_of("a\tL\t1\t1.1\t0\t0\tx\n"), Catch::Contains("a fraction from 0 to 1"));
  CHECK_THROWS_WITH(map_of("a\tL\t1\t0.6\t0.6\t0\tx\n"), Catch::Contains("a sum of at most 1"));
  CHECK_THROWS_WITH(map_of("a\tB\t1\t0.6\t0.1\t0\tx\n"), Catch::Contains("L or R"));
  CHECK_THROWS_WITH(map_of("a\tL\t1\t0.6\t0.1\t0\tx\na\tL\t1\t0.6\t0.1\t0\tx\n"), Catch::StartsWith("networks.tsv:3"));
  const NetworkMap map = map_of(rows);
  CHECK_THROWS_WITH(network_regions(map, {"thalamus"}), Catch::Contains("none of the measured regions"));
  CHECK_THROWS_WITH(network_regions(map, {"precuneus", "lh-precuneus"}), Catch::Contains("for the one parcel"));
}
