// SPDX-License-Identifier: Apache-2.0
#include "libpet/tac_table.h"

#include <catch2/catch.hpp>

#include "libpet/error.h"

namespace {

using Catch::Matchers::Contains;

pet::TacTable example() {
  pet::TacTable table;
  table.frames = pet::Frames({{0.0, 1.0}, {1.0, 2.0}});
  table.regions = {"putamen", "cerebellum"};
  table.activity = {{1.0, 2.0}, {3.0, 4.0}};
  return table;
}

TEST_CASE("A region is found by its exact name", "[tac_table]") {
  CHECK(example().index_of("cerebellum") == 1);
  CHECK_THROWS_AS(example().index_of("Cerebellum"), pet::UsageError);
}

TEST_CASE("A region that is not there is refused with the nearest name", "[tac_table]") {
  CHECK_THROWS_WITH(example().index_of("cerebelum"), Contains("'cerebelum'") && Contains("did you mean 'cerebellum'"));
}

TEST_CASE("A curve has the frames of its table", "[tac_table]") {
  const pet::TimeActivityCurve curve = example().curve(1);
  CHECK(curve.frames == example().frames);
  CHECK(curve.activity == std::vector<double>{3.0, 4.0});
}

}  // namespace
