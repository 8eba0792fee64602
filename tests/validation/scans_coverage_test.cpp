// SPDX-License-Identifier: Apache-2.0
// Slow: joint fits with plasma, and studies of many scans.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/validation/scans_study.h"

using namespace occupancy_study;

namespace {

void check_coverage(const Method& method, double truth) {
  const Summary s = summary(method.occupancy, truth);
  CAPTURE(method.name, s.held, s.bias, s.rmse, s.width);
  CHECK(s.held >= 0.93);
  CHECK(s.held <= 0.97);
  CHECK(s.flagged == 0.0);
}

}  // namespace

TEST_CASE("Intervals of occupancies of many scans at once hold the truth in 93 to 97 %, and have no bias", "[slow]") {
  const std::vector<Method> methods = run_scans(100);
  for (std::size_t m = 0; m < 2; ++m) check_coverage(methods[m], 0.0);
  CHECK(std::abs(summary(methods[0].occupancy, 0.0).bias) < 0.005);
  CHECK(summary(methods[0].occupancy, 0.0).rmse < summary(methods[3].occupancy, 0.0).rmse);
}
