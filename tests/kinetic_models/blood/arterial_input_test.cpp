// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/arterial_input.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/blood/sample_times.h"
#include "libpet/error.h"

using namespace pet;

namespace {

double triexp(double t) {
  if (t < 1.0) return 50.0 * t;
  const double s = t - 1.0;
  return 35.0 * std::exp(-4.0 * s) + 12.0 * std::exp(-0.4 * s) + 3.0 * std::exp(-0.012 * s);
}

double feng(double t) {
  const double s = t - 0.5;
  if (s <= 0.0) return 0.0;
  return (500.0 * s - 15.5) * std::exp(-5.0 * s) + 12.0 * std::exp(-0.25 * s) + 3.5 * std::exp(-0.012 * s);
}

SampleSeries samples_of(double (*curve)(double)) {
  SampleSeries s;
  for (const double t : {0.25, 0.4, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0,
                         2.5,  3.0, 4.0,  5.0, 7.0,  10., 15.,  20., 30., 40., 50., 60.,  75., 90.}) {
    s.time_min.push_back(t);
    s.value.push_back(curve(t));
  }
  return s;
}

}  // namespace

TEST_CASE("Three exponentials after the peak are recovered from exact samples", "[blood]") {
  const ArterialInput found = fit_arterial_input(samples_of(triexp), "triexp", triexp);
  CHECK(found.peak == Approx(50.0));
  CHECK(found.peak_min == 1.0);
  // 35 = 50 s1; 12 = 15 s2.
  const std::vector<double> expected = {0.7, 0.8, 4.0, 0.4, 0.012};
  for (std::size_t j = 0; j < expected.size(); ++j) CHECK(found.fit.parameters[j] == Approx(expected[j]).epsilon(1e-5));
  for (const double t : {0.3, 1.0, 1.7, 33.0, 120.0}) CHECK(found.curve(t) == Approx(triexp(t)).epsilon(1e-6));
}

TEST_CASE("Feng's curve is recovered from exact samples", "[blood]") {
  const ArterialInput found = fit_arterial_input(samples_of(feng), "feng", feng);
  const double peak = found.peak;
  const std::vector<double> expected = {0.5, 500.0 / peak, 12.0 / peak, 3.5 / peak, 5.0, 0.25, 0.012};
  for (std::size_t j = 0; j < expected.size(); ++j) CHECK(found.fit.parameters[j] == Approx(expected[j]).epsilon(1e-4));
  CHECK(found.curve(0.3) == 0.0);
  CHECK(found.curve(42.0) == Approx(feng(42.0)).epsilon(1e-5));
}

TEST_CASE("Too few samples and unknown models of the input function are refused", "[blood]") {
  CHECK_THROWS_AS(fit_arterial_input({{1, 2, 3, 4, 5}, {5, 4, 3, 2, 1}}, "triexp", triexp), InputError);
  CHECK_THROWS_AS(fit_arterial_input(samples_of(feng), "fong", feng), UsageError);
}

TEST_CASE("Straight lines between the sample times are within 1e-4 of the peak, in few distinct distances", "[blood]") {
  const std::vector<double> knots = {0.5, 1.0};
  const std::vector<BloodCurve> curves = {feng, triexp};
  const std::vector<double> times = sample_times(curves, knots, 90.005);
  CHECK(times.front() == 0.0);
  CHECK(times.back() == 90.005);
  std::vector<double> distances;
  for (std::size_t i = 1; i < times.size(); ++i) {
    const double h = times[i] - times[i - 1];
    REQUIRE(h > 0.0);
    if (std::none_of(distances.begin(), distances.end(), [&](double d) { return std::abs(d - h) < 1e-9; }))
      distances.push_back(h);
    for (int k = 1; k < 40; ++k) {
      const double part = k / 40.0;
      for (std::size_t c = 0; c < curves.size(); ++c) {
        const double line = (1.0 - part) * curves[c](times[i - 1]) + part * curves[c](times[i]);
        CHECK(std::abs(line - curves[c](times[i - 1] + part * h)) < 1e-4 * 50.0);
      }
    }
  }
  CHECK(distances.size() <= 9);
  CHECK(times.size() < 1500);
}
