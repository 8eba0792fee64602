// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/suvr.h"

#include <catch2/catch.hpp>
#include <cmath>

using namespace pet;

TEST_CASE("SUVR is the ratio of duration-weighted means over its window", "[suvr]") {
  const Frames frames({{0, 10}, {10, 20}, {20, 40}, {40, 50}});
  const TimeActivityCurve target{frames, {1.0, 8.0, 6.0, 100.0}};
  const ReferenceRegion reference({frames, {1.0, 4.0, 2.0, 1.0}});
  FitOptions options;
  options.t_star_min = 15.0;
  options.t_end_min = 30.0;
  const Fit result = fit(suvr, target, reference, options);
  // (10 x 8 + 20 x 6) / (10 x 4 + 20 x 2) = 200 / 80.
  CHECK(result["SUVR"].value == Approx(2.5));
  CHECK(result["BPND"].value == Approx(1.5));
  // Residuals -2 and +1, times durations 10 and 20: -20 and 20; sqrt((400 + 400) x 2 / 1) / 80 = .5.
  CHECK(result["SUVR"].standard_error == Approx(0.5));
  CHECK(std::isnan(result.fitted[0]));
  CHECK(result.fitted[1] == Approx(10.0));
}

TEST_CASE("SUVR of a single frame has no standard error", "[suvr]") {
  const Frames frames({{0, 10}, {10, 20}, {20, 40}});
  FitOptions options;
  options.t_star_min = 30.0;
  const Fit result = fit(suvr, {frames, {1.0, 8.0, 6.0}}, ReferenceRegion({frames, {1.0, 4.0, 2.0}}), options);
  CHECK(result["SUVR"].value == Approx(3.0));
  CHECK(std::isnan(result["SUVR"].standard_error));
}

TEST_CASE("SUVR without activity in the reference fails and says why", "[suvr]") {
  const Frames frames({{0, 10}, {10, 20}, {20, 40}});
  FitOptions options;
  options.t_star_min = 30.0;
  const Fit result = fit(suvr, {frames, {1.0, 8.0, 6.0}}, ReferenceRegion({frames, {1.0, 4.0, 0.0}}), options);
  CHECK(result.status == FitStatus::failed);
  CHECK(result.flags == std::vector<std::string>{"zero_reference"});
  CHECK(std::isnan(result["BPND"].value));
}
