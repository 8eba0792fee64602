// SPDX-License-Identifier: Apache-2.0
#include "libpet/weights.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpet/error.h"

using pet::frame_weights;
using pet::WeightScheme;

namespace {

const pet::Frames frames({{0.0, 2.0}, {2.0, 6.0}});
const std::vector<double> activity = {1.0, 100.0};
constexpr double half_life_min = 2.0;

// Two weights in the ratio of `a` to `b` with a mean of 1.
void check_ratio(const std::vector<double>& weights, double a, double b) {
  REQUIRE(weights.size() == 2);
  CHECK(weights[0] == Approx(2.0 * a / (a + b)).epsilon(1e-13));
  CHECK(weights[1] == Approx(2.0 * b / (a + b)).epsilon(1e-13));
}

}  // namespace

TEST_CASE("Weights follow their scheme and have a mean of one", "[weights]") {
  // Middle of the frames: half a half-life and two half-lives.
  const double decayed_first = 2.0 / std::sqrt(2.0);
  const double decayed_second = 4.0 / 4.0;
  check_ratio(frame_weights(WeightScheme::uniform, frames, {}, activity), 1.0, 1.0);
  check_ratio(frame_weights(WeightScheme::duration, frames, {}, activity), 2.0, 4.0);
  check_ratio(frame_weights(WeightScheme::decay, frames, half_life_min, activity), decayed_first, decayed_second);
  check_ratio(frame_weights(WeightScheme::counts, frames, half_life_min, std::vector{50.0, 100.0}),
              decayed_first / 50.0, decayed_second / 100.0);
}

TEST_CASE("Counts below a twentieth of the maximum do not gain weight", "[weights]") {
  check_ratio(frame_weights(WeightScheme::counts, frames, half_life_min, activity), std::sqrt(2.0) / 5.0, 1.0 / 100.0);
}

TEST_CASE("Weights by decay need the half-life", "[weights]") {
  CHECK_THROWS_AS(frame_weights(WeightScheme::decay, frames, {}, activity), pet::UsageError);
  CHECK_THROWS_AS(frame_weights(WeightScheme::counts, frames, {}, activity), pet::UsageError);
}

TEST_CASE("Every scheme is found by its name, and an unknown name lists them", "[weights]") {
  for (const auto scheme : {WeightScheme::uniform, WeightScheme::duration, WeightScheme::decay, WeightScheme::counts})
    CHECK(pet::weight_scheme(pet::name_of(scheme)) == scheme);
  CHECK_THROWS_WITH(pet::weight_scheme("count"), Catch::Contains("uniform, duration, decay, counts"));
}
