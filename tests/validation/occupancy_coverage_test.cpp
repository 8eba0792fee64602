// SPDX-License-Identifier: Apache-2.0
// Slow: occupancies and curves of 500 simulated studies.
#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/validation/occupancy_study.h"

using namespace occupancy_study;

namespace {

Summary of(const std::vector<Method>& methods, const std::string& name, bool is_VND = false) {
  const auto found = std::find_if(methods.begin(), methods.end(), [&](const Method& m) { return m.name == name; });
  REQUIRE(found != methods.end());
  return is_VND ? summary(found->VND, true_VND) : summary(found->occupancy, 0.6);
}

void check_coverage(const Summary& s) {
  CAPTURE(s.held, s.bias, s.rmse, s.width);
  CHECK(s.held >= 0.93);
  CHECK(s.held <= 0.97);
}

}  // namespace

TEST_CASE("Intervals of occupancy and VND hold the truth in 93 to 97 % of 500 studies, and joint fits err least",
          "[slow]") {
  const std::vector<Method> methods = run({});
  check_coverage(of(methods, "joint fit, one region"));
  check_coverage(of(methods, "joint fit, all regions"));
  check_coverage(of(methods, "ratio, one region, weights of counts, reference's noise"));
  check_coverage(of(methods, "ratio, one region, default weights, reference's noise"));
  check_coverage(of(methods, "ratio, one region, weights of counts, test-retest"));
  check_coverage(of(methods, "Lassen, likelihood"));
  check_coverage(of(methods, "Lassen, likelihood", true));
  CHECK(of(methods, "joint fit, all regions").rmse < 0.5 * of(methods, "Lassen, ordinary").rmse);
  CHECK(of(methods, "Lassen, likelihood").rmse < of(methods, "Lassen, ordinary").rmse);
}

TEST_CASE("Intervals of a pooled EC50 and Omax hold the truth in 93 to 97 % of 500 studies", "[slow]") {
  const PooledAnswers answers = run_pooled(500);
  check_coverage(summary(answers.pooled.EC50, true_EC50));
  check_coverage(summary(answers.pooled.Omax, true_Omax));
}

TEST_CASE("Profile intervals of EC50, Omax and a concentration hold the truth in 93 to 97 % of 500 curves", "[slow]") {
  const CurveAnswers curves = run_curves(500);
  check_coverage(summary(curves.EC50, true_EC50));
  check_coverage(summary(curves.Omax, true_Omax));
  check_coverage(summary(curves.target, true_EC50 * 0.5 / (true_Omax - 0.5)));
}
