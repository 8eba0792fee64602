// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/simulation/blood_curves.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

namespace {

pet::BloodDescription description() {
  pet::BloodDescription blood;
  blood.parent_plasma = {{500.0, 12.0, 3.5}, {-5.0, -0.25, -0.012}, 0.5};
  blood.parent_fraction = pet::HillParentFraction{0.2, 1.5, 12.0};
  blood.plasma_to_blood_ratio = 1.25;
  return blood;
}

}  // namespace

TEST_CASE("The Feng curve has the areas of the synthA reference set") {
  const pet::BloodCurves blood(description());
  CHECK(blood.parent_plasma().integral(0.0, 90.0) == Approx(256.921893).epsilon(1e-6));
  CHECK(blood.parent_plasma().integral(0.0, 120.0) == Approx(287.046867).epsilon(1e-6));
  CHECK(blood.parent_plasma().value(90.0) == Approx(1.19573729).epsilon(1e-6));
  CHECK(blood.parent_plasma().value(0.5) == 0.0);
}

TEST_CASE("Parent plasma over parent fraction is plasma, and plasma over the ratio is whole blood") {
  const pet::BloodCurves blood(description());
  // At the half time c the fraction is 1 - (1 - a) / 2.
  CHECK(blood.parent_fraction(12.0) == Approx(0.6).epsilon(1e-14));
  CHECK(blood.parent_fraction(0.0) == 1.0);
  CHECK(blood.plasma(12.0) == Approx(blood.parent_plasma().value(12.0) / 0.6).epsilon(1e-14));
  CHECK(blood.whole_blood(12.0) == Approx(blood.plasma(12.0) / 1.25).epsilon(1e-14));
}

TEST_CASE("A scale multiplies every concentration and leaves the parent fraction") {
  const pet::BloodCurves once(description());
  const pet::BloodCurves twice(description(), 2.0);
  CHECK(twice.whole_blood(3.0) == Approx(2.0 * once.whole_blood(3.0)).epsilon(1e-14));
  CHECK(twice.parent_fraction(3.0) == once.parent_fraction(3.0));
}

TEST_CASE("Whole blood frame averages agree with a fine midpoint sum") {
  const pet::BloodCurves blood(description());
  const pet::Frames frames({{0.25, 0.75}, {1.0, 2.0}, {80.0, 85.0}});
  const std::vector<double> means = blood.whole_blood_averages(frames);
  for (std::size_t f = 0; f < frames.size(); ++f) {
    const int steps = 20000;
    double sum = 0.0;
    for (int i = 0; i < steps; ++i)
      sum += blood.whole_blood(frames[f].start_min + frames[f].duration_min() * (i + 0.5) / steps);
    CHECK(means[f] == Approx(sum / steps).epsilon(1e-8));
  }
}

TEST_CASE("The sampled input function interpolates linearly within 1e-4 of the peak") {
  const pet::BloodCurves blood(description());
  const pet::InputFunction table = blood.sampled(120.0);
  REQUIRE(table.time_min.front() == 0.0);
  REQUIRE(table.time_min.back() == 120.0);
  CHECK(table.time_min.size() < 2000);
  const double peak = *std::max_element(table.parent_plasma.begin(), table.parent_plasma.end());
  double worst = 0.0;
  std::size_t i = 0;
  for (double t = 0.0; t < 120.0; t += 0.0017) {
    while (table.time_min[i + 1] < t) ++i;
    const double part = (t - table.time_min[i]) / (table.time_min[i + 1] - table.time_min[i]);
    const auto error = [&](const std::vector<double>& column, double exact) {
      return std::abs((1.0 - part) * column[i] + part * column[i + 1] - exact) / peak;
    };
    worst = std::max({worst, error(table.parent_plasma, blood.parent_plasma().value(t)),
                      error(table.plasma, blood.plasma(t)), error(table.whole_blood, blood.whole_blood(t))});
  }
  CHECK(worst < 1e-4);
}
