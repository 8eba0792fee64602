// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/design.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/error.h"

using namespace pet;

TEST_CASE("The power of a paired test is how often simulated studies reject", "[design]") {
  constexpr int studies = 20000;
  constexpr double critical = 2.364624251592785;  // Student's t, 7 degrees of freedom, 97.5 %
  int rejected = 0;
  for (int s = 0; s < studies; ++s) {
    NormalNoise noise(5, {static_cast<std::uint64_t>(s)});
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < 8; ++i) {
      const double change = 0.1 + 0.1 * noise.next();
      sum += change;
      squares += change * change;
    }
    const double mean = sum / 8.0;
    const double sd = std::sqrt((squares - 8.0 * mean * mean) / 7.0);
    rejected += std::abs(mean) / (sd / std::sqrt(8.0)) > critical ? 1 : 0;
  }
  CHECK(paired_power(0.1, 0.1, 8) == Approx(static_cast<double>(rejected) / studies).margin(0.012));
  CHECK(paired_power(0.0, 0.1, 8) == Approx(0.05).margin(1e-9));
}

TEST_CASE("The number of subjects is the first with enough power", "[design]") {
  const int n = subjects_needed(0.1, 0.1, 0.8);
  CHECK(paired_power(0.1, 0.1, n) >= 0.8);
  CHECK(paired_power(0.1, 0.1, n - 1) < 0.8);
  CHECK(subjects_needed(10.0, 0.1, 0.8) == 2);
  CHECK_THROWS_AS(subjects_needed(0.0, 1.0, 0.8), UsageError);
  CHECK_THROWS_AS(paired_power(1.0, 0.0, 8), UsageError);
  CHECK_THROWS_AS(paired_power(1.0, 1.0, 1), UsageError);
}

TEST_CASE("After scans at one optimal concentration the next belongs at the other", "[design]") {
  const double lower = d_optimal_concentration(1.97, 20.0);
  CHECK(next_concentration(std::vector<double>{20.0, 20.0}, 1.97, 20.0) == Approx(lower).epsilon(0.01));
  CHECK(next_concentration(std::vector<double>{lower, lower}, 1.97, 20.0) == Approx(20.0));
  CHECK_THROWS_AS(d_optimal_concentration(0.0, 20.0), UsageError);
  CHECK_THROWS_AS(mass_dose_occupancy(-1.0, 1.0), UsageError);
}

TEST_CASE("After placebo alone the next concentration is the largest; one below zero is none", "[design]") {
  const std::vector<double> placebo = {0.0, 0.0};
  CHECK(next_concentration(placebo, 1.97, 20.0) == 20.0);
  const std::vector<double> negative = {-1.97};
  CHECK_THROWS_AS(next_concentration(negative, 1.97, 20.0), UsageError);
}
