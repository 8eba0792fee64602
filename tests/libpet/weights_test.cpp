// SPDX-License-Identifier: Apache-2.0
#include "libpet/weights.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>
#include <random>
#include <stdexcept>

#include "libpet/error.h"

namespace {

using pet::frame_weights;
using pet::WeightScheme;

const pet::Frames frames({{0.0, 1.0}, {1.0, 3.0}, {10.0, 20.0}});
const std::vector<double> activity = {2.0, 100.0, 50.0};
constexpr double half_life = 20.0;

void check_proportional(const std::vector<double>& weights, const std::vector<double>& expected) {
  REQUIRE(weights.size() == expected.size());
  CHECK(std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(weights.size()) ==
        Approx(1.0).epsilon(1e-14));
  for (std::size_t i = 1; i < weights.size(); ++i)
    CHECK(weights[i] / weights[0] == Approx(expected[i] / expected[0]).epsilon(1e-13));
}

TEST_CASE("Every scheme is found by its name and no other is", "[weights]") {
  for (const WeightScheme scheme :
       {WeightScheme::uniform, WeightScheme::duration, WeightScheme::decay, WeightScheme::counts})
    CHECK(pet::weight_scheme(pet::name_of(scheme)) == scheme);
  CHECK_THROWS_WITH(pet::weight_scheme("Decay"), Catch::Matchers::Contains("uniform, duration, decay, counts"));
}

TEST_CASE("Weights are proportional to what their scheme says and have a mean of one", "[weights]") {
  check_proportional(frame_weights(WeightScheme::uniform, frames, {}, activity), {1.0, 1.0, 1.0});
  check_proportional(frame_weights(WeightScheme::duration, frames, {}, activity), {1.0, 2.0, 10.0});
  // Mid times 0.5, 2 and 15 min; half as much weight after each half-life of 20 min.
  const std::vector<double> decay = {std::exp2(-0.5 / 20.0), 2.0 * std::exp2(-2.0 / 20.0),
                                     10.0 * std::exp2(-15.0 / 20.0)};
  check_proportional(frame_weights(WeightScheme::decay, frames, half_life, {}), decay);
  // The floor is 5 % of the maximum of 100: the first frame counts as 5, not as 2.
  check_proportional(frame_weights(WeightScheme::counts, frames, half_life, activity),
                     {decay[0] / 5.0, decay[1] / 100.0, decay[2] / 50.0});
}

TEST_CASE("Weights by counts do not depend on the unit of the activity and stand negative values", "[weights]") {
  std::vector<double> scaled = {2000.0, 100000.0, 50000.0};
  check_proportional(frame_weights(WeightScheme::counts, frames, half_life, scaled),
                     frame_weights(WeightScheme::counts, frames, half_life, activity));
  const std::vector<double> noisy = {-3.0, 100.0, 50.0};
  CHECK(frame_weights(WeightScheme::counts, frames, half_life, noisy) ==
        frame_weights(WeightScheme::counts, frames, half_life, activity));
}

TEST_CASE("A half-life that is needed and missing is asked for", "[weights]") {
  CHECK_THROWS_AS(frame_weights(WeightScheme::decay, frames, {}, activity), pet::UsageError);
  CHECK_THROWS_AS(frame_weights(WeightScheme::counts, frames, {}, activity), pet::UsageError);
  CHECK_NOTHROW(frame_weights(WeightScheme::duration, frames, {}, {}));
}

TEST_CASE("Weights by counts without an activity for every frame are a mistake, not another scheme", "[weights]") {
  CHECK_THROWS_AS(frame_weights(WeightScheme::counts, frames, half_life, {}), std::logic_error);
  CHECK_THROWS_AS(frame_weights(WeightScheme::counts, frames, half_life, std::vector<double>{1.0, 2.0}),
                  std::logic_error);
}

TEST_CASE("Weighted residuals of counted decays have one variance in all frames, by the scheme that knows the curve") {
  // A scanner counts: Poisson numbers of decays in each frame, made into decay-corrected activities. Frames of 10 s to
  // 5 min over two hours of 11C.
  std::vector<pet::Frame> list;
  double t = 0.0;
  for (const auto& [count, minutes] : {std::pair{6, 1.0 / 6.0}, {6, 0.5}, {8, 2.0}, {18, 5.0}})
    for (int i = 0; i < count; ++i, t += minutes) list.push_back({t, t + minutes});
  const pet::Frames schedule(list);
  constexpr double carbon_11_min = 20.334;
  const double lambda = std::log(2.0) / carbon_11_min;
  struct Case {
    WeightScheme scheme;
    bool decays;
    bool is_constant;
  };
  for (const Case& c : {Case{WeightScheme::counts, true, false}, Case{WeightScheme::decay, true, true},
                        Case{WeightScheme::duration, false, true}}) {
    std::vector<double> curve, per_decay;
    for (const pet::Frame& frame : schedule) {
      const double mid = frame.mid_min();
      curve.push_back(c.is_constant ? 10.0 : 30.0 * (1.0 - std::exp(-0.5 * (mid + 0.5))) * std::exp(-0.01 * mid));
      // Activity that one counted decay stands for.
      per_decay.push_back((c.decays ? std::exp(lambda * mid) : 1.0) / (200.0 * frame.duration_min()));
    }
    const std::vector<double> weights = frame_weights(c.scheme, schedule, carbon_11_min, curve);
    std::mt19937_64 generator(4);
    constexpr int repeats = 4000;
    std::vector<double> variance(schedule.size(), 0.0);
    for (int r = 0; r < repeats; ++r)
      for (std::size_t i = 0; i < schedule.size(); ++i) {
        std::poisson_distribution<int> decays(curve[i] / per_decay[i]);
        const double residual = per_decay[i] * decays(generator) - curve[i];
        variance[i] += weights[i] * residual * residual / repeats;
      }
    double mean = 0.0;
    for (const double v : variance) mean += v / static_cast<double>(variance.size());
    for (std::size_t i = 0; i < variance.size(); ++i) {
      INFO(pet::name_of(c.scheme) << " frame " << i + 1);
      CHECK(variance[i] / mean == Approx(1.0).margin(0.1));  // standard error 2.2 %
    }
  }
}

}  // namespace
