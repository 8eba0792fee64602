// SPDX-License-Identifier: Apache-2.0
// Slow: intervals of many simulated curves.
#include <catch2/catch.hpp>
#include <cmath>

#include "tests/validation/coverage_study.h"
#include "tests/validation/two_tissue_study.h"

TEST_CASE("Profile intervals of 95 % hold the truth in 93 to 97 % of 1,000 curves", "[slow]") {
  for (const coverage::Case& study : coverage::cases()) {
    const coverage::Result result = coverage::run(study, {.kind = pet::IntervalKind::profile}, 1000);
    CAPTURE(study.model, study.quantity, result.bias, result.unbounded, result.missing);
    CHECK(result.share() >= 0.93);
    CHECK(result.share() <= 0.97);
  }
}

TEST_CASE("Intervals of an occupancy that rises within the scan hold the truth in 93 to 97 % of 400 curves", "[slow]") {
  for (const coverage::Case& study : coverage::displacement_cases()) {
    const coverage::Result result = coverage::run(study, {.kind = pet::IntervalKind::standard_error}, 400);
    CAPTURE(study.model, study.quantity, result.bias, result.missing);
    CHECK(result.share() >= 0.93);
    CHECK(result.share() <= 0.97);
    // As models_test.cpp, but of lp-ntpet's occupancy, where a few far estimates make the scatter: the ratio is 0.57,
    // which docs/validation.md says.
    if (study.model != std::string("lp-ntpet") || study.quantity != std::string("occupancy"))
      CHECK(result.error_over_scatter * result.error_over_scatter == Approx(1.0).epsilon(0.2));
  }
}

TEST_CASE("Models of a displacement find none in 90 % of 100 scans without a drug", "[slow]") {
  for (const char* model : {"displacement", "lp-ntpet"}) {
    const coverage::Detections none = coverage::detect(model, 0.0, 100);
    CAPTURE(model, none.found, none.wrong);
    CHECK(none.found <= 10);
    CHECK(none.wrong <= 8);
  }
}

TEST_CASE("Volumes of noisy two-tissue curves are near the truth or flagged, and few are flagged", "[slow]") {
  const std::vector<two_tissue_study::Curve> curves = two_tissue_study::run();
  REQUIRE(curves.size() == 180);
  CHECK(two_tissue_study::median_error(curves) < 0.09);
  int flagged = 0;
  for (const two_tissue_study::Curve& curve : curves) {
    if (curve.is_flagged())
      ++flagged;
    else
      CHECK(std::abs(curve.error()) <= 0.5);
  }
  CHECK(flagged < 0.05 * static_cast<double>(curves.size()));
}
