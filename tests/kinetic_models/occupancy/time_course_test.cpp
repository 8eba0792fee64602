// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/time_course.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpet/error.h"

using namespace pet;

TEST_CASE("Slow binding at a constant level approaches equilibrium exponentially, and leaves at koff",
          "[time-course]") {
  const double kon = 0.088, koff = 0.221, C = 4.0;
  const std::vector<double> times = {0.0, 0.5, 3.0, 30.0};
  const auto on = binding_occupancy([&](double) { return C; }, kon, koff, times);
  const auto off = binding_occupancy([](double) { return 0.0; }, kon, koff, times, 0.8);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double rate = kon * C + koff;
    CHECK(on[i] == Approx(kon * C / rate * (1.0 - std::exp(-rate * times[i]))).margin(1e-9));
    CHECK(off[i] == Approx(0.8 * std::exp(-koff * times[i])).margin(1e-9));
  }
}

TEST_CASE("An effect compartment after an oral dose follows the sum of three exponentials", "[time-course]") {
  const double ka = 1.3, ke = 0.4, ke0 = 0.7;
  const std::vector<double> times = {0.25, 1.0, 4.0, 12.0};
  const auto Ce = effect_concentration(oral_concentration(10.0, ka, ke), ke0, times);
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double t = times[i];
    const double expected =
        10.0 * ka * ke0 *
        (std::exp(-ka * t) / ((ke - ka) * (ke0 - ka)) + std::exp(-ke * t) / ((ka - ke) * (ke0 - ke)) +
         std::exp(-ke0 * t) / ((ka - ke0) * (ke - ke0)));
    CHECK(Ce[i] == Approx(expected).epsilon(1e-8));
  }
}

TEST_CASE("An oral curve with equal rates is the limit of rates that approach each other", "[time-course]") {
  const Concentration equal = oral_concentration(10.0, 0.5, 0.5, 0.3);
  const Concentration near = oral_concentration(10.0, 0.5 + 1e-7, 0.5, 0.3);
  CHECK(equal(0.3) == 0.0);
  CHECK(equal(2.3) == Approx(10.0 * 0.5 * 2.0 * std::exp(-1.0)).epsilon(1e-12));
  CHECK(near(2.3) == Approx(equal(2.3)).epsilon(1e-6));
}

TEST_CASE("An oral curve of extreme rates is a number, and that of an elimination after an instant absorption",
          "[time-course]") {
  // ka -> infinity: dose exp(-ke t); ke -> infinity: dose ka / ke exp(-ka t).
  CHECK(oral_concentration(10.0, 1e8, 0.2)(3.0) == Approx(10.0 * std::exp(-0.6)).epsilon(1e-6));
  CHECK(oral_concentration(10.0, 0.2, 1e8)(3.0) == Approx(10.0 * 0.2e-8 * std::exp(-0.6)).epsilon(1e-6));
  for (const double ka : {1e-300, 1e-3, 1.0, 1e3, 1e300})
    for (const double ke : {1e-300, 1e-3, 1.0, 1e3, 1e300})
      for (const double t : {1e-6, 1.0, 1e4}) {
        CAPTURE(ka, ke, t);
        const double C = oral_concentration(10.0, ka, ke)(t);
        CHECK(std::isfinite(C));
        CHECK(C >= 0.0);
        CHECK(C <= 10.0 * (1.0 + 1e-9));
      }
}

TEST_CASE("Samples of plasma are joined by straight lines and fall on after the last", "[time-course]") {
  const Concentration plasma = sampled_concentration({0.0, 1.0, 3.0}, {0.0, 8.0, 4.0});
  CHECK(plasma(-1.0) == 0.0);
  CHECK(plasma(0.5) == Approx(4.0));
  CHECK(plasma(2.0) == Approx(6.0));
  CHECK(plasma(5.0) == Approx(2.0));  // halves in the two hours of the last two samples
  CHECK_THROWS_AS(sampled_concentration({0.0}, {1.0}), InputError);
  CHECK_THROWS_AS(sampled_concentration({0.0, 0.0}, {1.0, 2.0}), InputError);
  CHECK_THROWS_AS(sampled_concentration({0.0, 1.0}, {1.0, -2.0}), InputError);
  CHECK_THROWS_AS(effect_concentration(plasma, 0.0, std::vector<double>{1.0}), UsageError);
  CHECK_THROWS_AS(effect_concentration(plasma, 1.0, std::vector<double>{2.0, 1.0}), UsageError);
}
