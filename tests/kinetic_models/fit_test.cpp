// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/fit.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/detail/statistics.h"
#include "kinetic_models/registry.h"
#include "libpet/error.h"

using namespace pet;

TEST_CASE("Bounds are read as lower, start and upper", "[fit]") {
  const BoundOverride bounds = parse_bounds("k2=0.001:0.1:1");
  CHECK(bounds.symbol == "k2");
  CHECK(bounds.lower == 0.001);
  CHECK(bounds.start == 0.1);
  CHECK(bounds.upper == 1.0);
}

TEST_CASE("Bounds that are malformed or out of order are a usage error", "[fit]") {
  for (const char* text :
       {"", "k2", "=1:2:3", "k2=1:2", "k2=1:2:3:4", "k2=1:0.5:3", "k2=a:b:c", "k2=1:1:1", "k2=1,5:2:3", "k2=0:1:inf"}) {
    INFO(text);
    CHECK_THROWS_AS(parse_bounds(text), UsageError);
  }
}

TEST_CASE("The interval factor is Student's quantile", "[fit]") {
  // Tables of Student's t: 97.5 % with 8 and 40 degrees of freedom.
  CHECK(interval_factor(0.95, 8) == Approx(2.306004).epsilon(1e-6));
  CHECK(interval_factor(0.95, 40) == Approx(2.021075).epsilon(1e-6));
  CHECK(std::isnan(interval_factor(0.95, 0)));
  CHECK_THROWS_AS(interval_factor(1.0, 8), UsageError);
  CHECK_THROWS_AS(interval_factor(95.0, 8), UsageError);
}

TEST_CASE("The median of an even number of values is the mean of the middle two", "[statistics]") {
  CHECK(detail::median({3.0, 1.0, 2.0}) == 2.0);
  CHECK(detail::median({4.0, 1.0, 3.0, 2.0}) == 2.5);
  CHECK(std::isnan(detail::median({})));
}

TEST_CASE("AICc is that of the published Emax example", "[statistics]") {
  // 15 points, 2 parameters, RSS 92.5639: AICc 35.4796 (docs/nomenclature.md gives the formula).
  Fit fit;
  detail::add_goodness_of_fit(fit, 92.5639, 15, 2);
  CHECK(fit.aicc == Approx(35.4796).margin(1e-4));
  CHECK(fit.degrees_of_freedom == 13);
}

TEST_CASE("An unknown model is a usage error that names the nearest", "[registry]") {
  CHECK_THROWS_WITH(find_model("srmt"), Catch::Contains("did you mean 'srtm'"));
  CHECK_THROWS_WITH(find_model("zzz"), Catch::Contains("there are:"));
}
