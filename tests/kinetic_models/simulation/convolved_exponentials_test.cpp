// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/simulation/convolved_exponentials.h"

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

namespace {

using Wide = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<300>>;

// The textbook recurrence with 300 digits; equal points are moved apart by 1e-40, far below double precision.
double reference_divided_difference(const std::vector<double>& points) {
  std::vector<Wide> x;
  for (std::size_t i = 0; i < points.size(); ++i) x.push_back(Wide(points[i]) + Wide("1e-40") * static_cast<int>(i));
  std::vector<Wide> difference;
  for (const Wide& point : x) difference.push_back(exp(point));
  for (std::size_t order = 1; order < x.size(); ++order)
    for (std::size_t i = 0; i + order < x.size(); ++i)
      difference[i] = (difference[i + 1] - difference[i]) / (x[i + order] - x[i]);
  return difference[0].convert_to<double>();
}

}  // namespace

TEST_CASE("A divided difference of exp keeps thirteen digits for equal, close and distant points") {
  const std::vector<std::vector<double>> cases = {
      {0.0},           {-3.0, -3.0},           {1.0, 1.0 + 1e-9},         {0.0, 1e-12, -1e-12},
      {0.0, 0.0, 0.0}, {-40.0, 0.0},           {-600.0, -30.0, -1.44, 0}, {-7.9, -0.1, 0.0, 0.0, 0.0},
      {2.0, -5.0},     {-8.1, -8.1, 0.0, 0.0}, {-9.0, -4.0, -4.0, 0, 0},  {-1e-5, 0.0, 0.0, -1e-5, -300.0}};
  for (const auto& points : cases) {
    const double expected = reference_divided_difference(points);
    INFO("first point " << points[0] << " of " << points.size());
    CHECK(std::abs(pet::exp_divided_difference(points) / expected - 1.0) < 1e-13);
  }
}

TEST_CASE("A divided difference of exp keeps thirteen digits for random points of any spread") {
  std::mt19937_64 random(7);
  for (int trial = 0; trial < 300; ++trial) {
    const double spread = std::exp2(static_cast<double>(random() % 24) - 16.0);
    std::vector<double> points(1 + random() % 6);
    for (double& point : points) point = -spread * static_cast<double>(random() >> 11) * 0x1p-53;
    CHECK(std::abs(pet::exp_divided_difference(points) / reference_divided_difference(points) - 1.0) < 1e-13);
  }
}

TEST_CASE("Convolved exponentials are zero before their onset and a repeated rate makes t exp(at)") {
  const pet::ConvolvedExponentials curve(2.0, {{3.0, {-0.5, -0.5}}});
  CHECK(curve.value(1.999) == 0.0);
  CHECK(curve.value(6.0) == Approx(3.0 * 4.0 * std::exp(-2.0)).epsilon(1e-14));
  // The integral of t exp(-t/2) from 0 to T is 4 - (2 T + 4) exp(-T/2).
  CHECK(curve.integral(0.0, 6.0) == Approx(3.0 * (4.0 - 12.0 * std::exp(-2.0))).epsilon(1e-14));
  CHECK(curve.integral(0.0, 2.0) == 0.0);
}

TEST_CASE("The average over a late short frame keeps its digits although the running integral is large") {
  const pet::ConvolvedExponentials curve(0.0, {{1.0, {-1.0}}});
  const pet::Frames frames({{30.0, 30.0 + 0x1p-10}});
  const double expected = std::exp(-30.0) * -std::expm1(-0x1p-10) / 0x1p-10;
  CHECK(std::abs(curve.averages(frames)[0] / expected - 1.0) < 1e-13);
}

TEST_CASE("Convolution with an exponential agrees with the closed form of two exponentials") {
  const pet::ConvolvedExponentials curve = pet::ConvolvedExponentials(0.0, {{2.0, {-0.3}}}).convolved(-0.1);
  CHECK(curve.value(7.0) == Approx(2.0 * (std::exp(-0.7) - std::exp(-2.1)) / 0.2).epsilon(1e-14));
  const pet::ConvolvedExponentials twice = curve.plus(curve.scaled(0.5));
  CHECK(twice.value(7.0) == Approx(1.5 * curve.value(7.0)).epsilon(1e-15));
}
