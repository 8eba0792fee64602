// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/whole_blood.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "libpet/error.h"

using namespace pet;

namespace {

constexpr double tau_min = 2.6 / 60.0;

// C(t) = t^2 exp(-a t), and the same seen through exp(-t / tau) / tau: with b = 1/tau - a and u = b t,
// g = exp(-a t) / (tau b^3) (u^2 - 2 u + 2 - 2 exp(-u)).
constexpr double a_per_min = 2.0;
double blood(double t) {
  return t * t * std::exp(-a_per_min * t);
}
double dispersed(double t) {
  const double b = 1.0 / tau_min - a_per_min;
  const double u = b * t;
  return std::exp(-a_per_min * t) / (tau_min * b * b * b) * (u * u - 2.0 * u + 2.0 - 2.0 * std::exp(-u));
}

SampleSeries sampled(double (*curve)(double), double step_min, double end_min) {
  SampleSeries s;
  for (int i = 1; i * step_min <= end_min; ++i) {
    s.time_min.push_back(i * step_min);
    s.value.push_back(curve(i * step_min));
  }
  return s;
}

}  // namespace

TEST_CASE("The correction undoes the dispersion of an analytic curve within 0.5 % of its peak", "[blood]") {
  const SampleSeries g = sampled(dispersed, 1.0 / 60.0, 5.0);
  const SampleSeries corrected = without_dispersion(g, tau_min);
  const double peak = std::exp(-2.0);  // at t = 2 / a = 1 min
  double before = 0.0;
  double after = 0.0;
  for (std::size_t i = 0; i < g.size(); ++i) {
    before = std::max(before, std::abs(g.value[i] - blood(g.time_min[i])));
    after = std::max(after, std::abs(corrected.value[i] - blood(g.time_min[i])));
  }
  CHECK(before > 0.03 * peak);
  CHECK(after < 0.005 * peak);
}

TEST_CASE("The correction is exact for a parabola, and keeps the area of a curve that ends where it began", "[blood]") {
  SampleSeries s;
  for (int i = 0; i <= 40; ++i) {
    const double t = 0.05 * i;
    s.time_min.push_back(t);
    s.value.push_back(3.0 + 2.0 * t - t * t);
  }
  const SampleSeries corrected = without_dispersion(s, 0.1);
  for (std::size_t i = 0; i < s.size(); ++i)
    CHECK(corrected.value[i] == Approx(s.value[i] + 0.1 * (2.0 - 2.0 * s.time_min[i])).margin(1e-10));
}

TEST_CASE("A dispersion that is not above zero, or too few samples, are refused", "[blood]") {
  CHECK_THROWS_AS(without_dispersion({{1, 2, 3, 4, 5}, {1, 2, 3, 4, 5}}, 0.0), UsageError);
  CHECK_THROWS_AS(without_dispersion({{1, 2, 3}, {1, 2, 3}}, 0.1), InputError);
}

TEST_CASE("The autosampler is used to its end, samples by hand after it, and a calibration that differs is noted",
          "[blood]") {
  BloodSamples samples;
  samples.autosampler_whole_blood = sampled(blood, 1.0 / 60.0, 5.0);
  samples.autosampler_whole_blood.value[0] = -0.01;
  for (const double t : {0.5, 3.0, 4.0, 6.0, 10.0}) {
    samples.whole_blood.time_min.push_back(t);
    samples.whole_blood.value.push_back(blood(t) / 1.25);
  }
  const WholeBlood whole = join_whole_blood(samples, {});
  CHECK(*whole.autosampler_end_min == Approx(5.0));
  CHECK(whole.samples.size() == 302);
  CHECK(whole.samples.value.front() == 0.0);
  CHECK(std::is_sorted(whole.samples.time_min.begin(), whole.samples.time_min.end()));
  REQUIRE(whole.notes.size() == 2);
  CHECK_THAT(whole.notes[0], Catch::Contains("autosampler reads 1.2"));
  CHECK_THAT(whole.notes[1], Catch::Contains("1 values of whole blood below zero"));

  const WholeBlood shorter = join_whole_blood(samples, {}, 3.5);
  CHECK(*shorter.autosampler_end_min == Approx(3.5));
  CHECK(shorter.samples.size() == 213);

  for (double& value : samples.whole_blood.value) value *= 1.25;
  CHECK(join_whole_blood(samples, {}).notes.size() == 1);
}
