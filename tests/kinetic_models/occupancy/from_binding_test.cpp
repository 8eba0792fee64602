// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/from_binding.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "libpet/error.h"

using namespace pet;

TEST_CASE("Occupancy is one minus the ratio of bindings, with the delta-method standard error", "[occupancy]") {
  const Occupancy occupancy = occupancy_from_binding({1.38, 0.07}, {0.50, 0.05});
  // (.5 / 1.38) sqrt((.07/1.38)^2 + (.05/.5)^2), worked out independently.
  CHECK(occupancy.value == Approx(0.637681159).epsilon(1e-8));
  CHECK(occupancy.standard_error == Approx(0.0406265724).epsilon(1e-8));
  CHECK(occupancy.status == FitStatus::ok);
}

TEST_CASE("The interval of a precise ratio is the standard error's, that of an uncertain baseline is skewed",
          "[occupancy]") {
  const Occupancy precise = occupancy_from_binding({1.0, 0.001}, {0.4, 0.001});
  CHECK(precise.interval.lower == Approx(precise.value - 1.959964 * precise.standard_error).epsilon(1e-4));
  CHECK(precise.interval.upper == Approx(precise.value + 1.959964 * precise.standard_error).epsilon(1e-4));
  const Occupancy uncertain = occupancy_from_binding({1.0, 0.3}, {0.4, 0.05});
  CHECK(uncertain.value - uncertain.interval.lower > 1.2 * 1.959964 * uncertain.standard_error);
  CHECK(uncertain.interval.upper - uncertain.value < uncertain.value - uncertain.interval.lower);
}

TEST_CASE("The interval holds every ratio that the data do not reject", "[occupancy]") {
  // Fieller: at the ends of the interval, drug - q baseline differs from zero by exactly 1.96 of its standard errors.
  const Occupancy occupancy = occupancy_from_binding({0.9, 0.12}, {0.35, 0.06});
  for (const double end : {occupancy.interval.lower, occupancy.interval.upper}) {
    const double q = 1.0 - end;
    CHECK(std::abs(0.35 - q * 0.9) / std::hypot(0.06, q * 0.12) == Approx(1.959964).epsilon(1e-6));
  }
}

TEST_CASE("An interval is as wide as few degrees of freedom make it", "[occupancy]") {
  // Only the drug scan errs: Student's t with 9 degrees of freedom, 2.262157 (tables), and not 1.96.
  const Occupancy one = occupancy_from_binding({1.0, 0.0}, {0.4, 0.01, 9.0});
  CHECK(one.interval.upper - one.value == Approx(2.262157 * 0.01).epsilon(1e-6));
  // Two errors of one size in the ratio, each with 10: V^2 / (2 (V/2)^2 / 10) = 20, 2.085963.
  const Occupancy both = occupancy_from_binding({1.0, 0.0001, 10.0}, {1.0, 0.0001, 10.0});
  CHECK(both.interval.upper - both.value == Approx(2.085963 * 0.0001 * std::sqrt(2.0)).epsilon(1e-3));
  // An error that was found once for both scans: 11 of it are 11, 2.200985.
  const Occupancy repeated = occupancy_from_binding({1.0, 0.0}, {1.0, 0.0}, 0.95, {1e-8, 1e-8, 11.0});
  CHECK(repeated.interval.upper - repeated.value == Approx(2.200985e-4 * std::sqrt(2.0)).epsilon(1e-3));
}

TEST_CASE("Of a test-retest error only what the fits do not account for is counted beside them", "[occupancy]") {
  // Ratio 0, so that the drug scan alone counts: 0.03 + 0.25 0.04, with as many degrees of freedom as
  // 0.04^2 / (0.03^2 / 10 + 0.04^2 / 40) = 12.307692; t is 2.172787 (numerical integration of the density).
  const Occupancy found =
      occupancy_from_binding({1.0, 0.0}, {0.0, std::sqrt(0.03), 10.0}, 0.95, {0.0, 0.04, 40.0, 0.25});
  CHECK(found.interval.upper - 1.0 == Approx(2.172787 * 0.2).epsilon(1e-6));
}

TEST_CASE("The interval of a ratio shrinks smoothly to that of the fits as these account for more of the repeat error",
          "[occupancy]") {
  // Test-retest errors of 4 % of 1 + BPND from 12 subjects, fits of these scans with half of that.
  const CommonError whole{std::pow(0.04 * 2.5, 2), std::pow(0.04 * 1.75, 2), 11.0};
  const Binding baseline{1.5, 0.02 * 2.5, 30.0};
  const Binding drug{0.75, 0.02 * 1.75, 30.0};
  double before = std::numeric_limits<double>::infinity();
  for (int percent = 50; percent <= 110; ++percent) {  // what the fits account for; above 100 % nothing is left
    CommonError excess = whole;
    excess.share = std::max(0.0, 1.0 - 0.01 * percent);
    const Occupancy found = occupancy_from_binding(baseline, drug, 0.95, excess);
    const double width = found.interval.upper - found.interval.lower;
    CAPTURE(percent, width);
    CHECK(found.status == FitStatus::ok);
    CHECK(width <= before + 1e-12);
    if (percent > 50) CHECK(width > 0.97 * before);
    before = width;
    if (percent < 100) continue;
    // Nothing is left: the errors of the fits, with no more degrees of freedom than the repeats have (2.200985).
    const double q = 1.0 - found.interval.lower;
    CHECK(std::abs(0.75 - q * 1.5) / std::hypot(0.035, q * 0.05) == Approx(2.200985).epsilon(1e-6));
  }
}

TEST_CASE("A baseline that does not differ from zero has an unbounded interval and says so", "[occupancy]") {
  const Occupancy occupancy = occupancy_from_binding({0.2, 0.15}, {0.1, 0.05});
  CHECK(occupancy.status == FitStatus::unidentifiable);
  CHECK(occupancy.flags == std::vector<std::string>{"occupancy_unbounded"});
  CHECK(std::isinf(occupancy.interval.lower));
  CHECK(std::isinf(occupancy.interval.upper));
}

TEST_CASE("Without binding at baseline there is no occupancy", "[occupancy]") {
  for (const double baseline : {0.0, -0.1}) {
    const Occupancy occupancy = occupancy_from_binding({baseline, 0.1}, {0.1, 0.05});
    CHECK(occupancy.status == FitStatus::unidentifiable);
    CHECK(std::isnan(occupancy.value));
    CHECK(occupancy.flags == std::vector<std::string>{"no_baseline_binding"});
  }
}

TEST_CASE("Missing standard errors leave the occupancy without an interval", "[occupancy]") {
  const Occupancy occupancy = occupancy_from_binding({1.0, not_available}, {0.25, 0.05});
  CHECK(occupancy.value == Approx(0.75));
  CHECK(std::isnan(occupancy.standard_error));
  CHECK(std::isnan(occupancy.interval.lower));
}

TEST_CASE("Occupancies outside 0 to 1 are reported and flagged", "[occupancy]") {
  CHECK(occupancy_from_binding({1.0, 0.1}, {-0.1, 0.1}).flags == std::vector<std::string>{"occupancy_above_one"});
  CHECK(occupancy_from_binding({1.0, 0.1}, {1.1, 0.1}).flags == std::vector<std::string>{"occupancy_below_zero"});
}

TEST_CASE("Volumes of distribution give occupancy against a known VND", "[occupancy]") {
  const Occupancy occupancy = occupancy_from_volumes({20.0, 0.5}, {12.8, 0.4}, {8.0});
  CHECK(occupancy.value == Approx(0.6));
  CHECK(occupancy.standard_error == Approx(0.4 * std::hypot(0.5 / 12.0, 0.4 / 4.8)).epsilon(1e-9));
}

TEST_CASE("The error of an estimated VND is carried, once for both volumes", "[occupancy]") {
  // O = (b - d) / (b - V): dO/db = (1 - O) / (b - V), dO/dd = -1 / (b - V), dO/dV = O / (b - V).
  const double expected = std::sqrt(std::pow(0.4 * 0.5, 2) + std::pow(0.4, 2) + std::pow(0.6 * 0.3, 2)) / 12.0;
  CHECK(occupancy_from_volumes({20.0, 0.5}, {12.8, 0.4}, {8.0, 0.3}).standard_error == Approx(expected).epsilon(1e-9));
}

TEST_CASE("A confidence level outside 0 to 1 is a usage error", "[occupancy]") {
  CHECK_THROWS_AS(occupancy_from_binding({1.0, 0.1}, {0.5, 0.1}, 95.0), UsageError);
}
