// SPDX-License-Identifier: Apache-2.0
#include "libpet/region_groups.h"

#include <catch2/catch.hpp>

#include "libpet/error.h"

using namespace pet;
using Catch::Contains;

namespace {

TacTable three_regions() {
  TacTable table;
  table.frames = Frames({{0.0, 1.0}, {1.0, 3.0}});
  table.regions = {"left", "right", "other"};
  table.activity = {{1.0, 2.0}, {4.0, 5.0}, {9.0, 9.0}};
  table.volume_mm3 = {100.0, 300.0, std::nullopt};
  return table;
}

std::string message(const std::vector<RegionGroup>& groups) {
  try {
    merge_regions(three_regions(), groups, "groups.tsv");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("A group is the mean of its parts weighted by volume, in the order of the groups", "[groups]") {
  const TacTable merged =
      merge_regions(three_regions(), {{"both", {"right", "left"}}, {"left again", {"left"}}}, "groups.tsv");
  CHECK(merged.regions == std::vector<std::string>{"both", "left again"});
  // (1 x 100 + 4 x 300) / 400 and (2 x 100 + 5 x 300) / 400
  CHECK(merged.activity[0] == std::vector<double>{3.25, 4.25});
  CHECK(merged.activity[1] == std::vector<double>{1.0, 2.0});
  CHECK(merged.volume_mm3[0] == 400.0);
}

TEST_CASE("A group of what is not there, or has no volume, is refused by name", "[groups]") {
  CHECK_THAT(message({{"both", {"left", "rigth"}}}),
             Contains("groups.tsv") && Contains("'rigth'") && Contains("'right'"));
  CHECK_THAT(message({{"all", {"left", "other"}}}), Contains("'other' without a volume"));
}
