// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/lassen_plot.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpet/error.h"

using namespace pet;

namespace {

// The noisy example of docs/formats (ten regions); its answers were computed independently.
const std::vector<double> noisy_baseline = {19.83, 17.26, 20.81, 20.46, 17.64, 16.83, 19.91, 12.15, 11.58, 10.72};
const std::vector<double> noisy_drug = {12.398, 12.022, 13.304, 12.716, 11.782, 11.83, 12.46, 9.912, 9.254, 9.36};

}  // namespace

TEST_CASE("An exact Lassen plot gives its occupancy and VND", "[lassen]") {
  std::vector<double> baseline;
  std::vector<double> drug;
  for (const double specific : {1.0, 3.0, 4.5, 8.0, 12.0}) {
    baseline.push_back(8.0 + specific);
    drug.push_back(8.0 + 0.4 * specific);
  }
  for (const LassenRegression regression : {LassenRegression::ordinary, LassenRegression::orthogonal}) {
    const LassenPlot plot = lassen_plot(baseline, drug, regression);
    CHECK(plot.occupancy == Approx(0.6).epsilon(1e-12));
    CHECK(plot.VND == Approx(8.0).epsilon(1e-12));
    CHECK(plot.status == FitStatus::ok);
  }
}

TEST_CASE("Ordinary regression gives the published-form answers of the noisy example", "[lassen]") {
  const LassenPlot plot = lassen_plot(noisy_baseline, noisy_drug);
  CHECK(plot.occupancy == Approx(0.6296756244).margin(1e-9));
  CHECK(plot.occupancy_se == Approx(0.0225907443).margin(1e-9));
  CHECK(plot.VND == Approx(8.4366403251).margin(1e-8));
  CHECK(plot.VND_se == Approx(0.3250749215).margin(1e-8));
  CHECK(plot.r2 == Approx(0.9898077945).margin(1e-9));
  CHECK(plot.occupancy_interval.lower == Approx(0.5775812747).margin(1e-8));
  CHECK(plot.occupancy_interval.upper == Approx(0.6817699742).margin(1e-8));
  CHECK(plot.VND_interval.lower == Approx(7.6251948616).margin(1e-8));
  CHECK(plot.VND_interval.upper == Approx(9.1339256863).margin(1e-8));
}

TEST_CASE("Orthogonal regression gives its own answers for the noisy example", "[lassen]") {
  const LassenPlot plot = lassen_plot(noisy_baseline, noisy_drug, LassenRegression::orthogonal);
  CHECK(plot.occupancy == Approx(0.62834182).margin(1e-8));
  CHECK(plot.VND == Approx(8.41905905).margin(1e-8));
  CHECK(plot.occupancy_se > 0.01);
  CHECK(plot.occupancy_se < 0.05);
}

TEST_CASE("Orthogonal regression does not depend on which scan comes first, ordinary does", "[lassen]") {
  // Swapping the scans turns the slope q of drug on baseline into 1/q.
  const LassenPlot forward = lassen_plot(noisy_baseline, noisy_drug, LassenRegression::orthogonal);
  const LassenPlot backward = lassen_plot(noisy_drug, noisy_baseline, LassenRegression::orthogonal);
  CHECK((1.0 - forward.occupancy) * (1.0 - backward.occupancy) == Approx(1.0).epsilon(1e-10));
  CHECK(forward.VND == Approx(backward.VND).epsilon(1e-10));
}

TEST_CASE("A plot of scattered points is not identifiable and its VND interval is unbounded", "[lassen]") {
  const std::vector<double> baseline = {10.0, 10.4, 9.8, 10.1, 10.3};
  const std::vector<double> drug = {9.0, 10.6, 9.1, 10.0, 9.3};
  const LassenPlot plot = lassen_plot(baseline, drug);
  CHECK(plot.status == FitStatus::unidentifiable);
  CHECK_FALSE(plot.is_VND_identified);
  CHECK_FALSE(plot.VND_interval.is_bounded());
  for (const char* flag : {"vnd_unbounded", "low_r2", "imprecise_occupancy"}) {
    INFO(flag);
    CHECK(std::find(plot.flags.begin(), plot.flags.end(), flag) != plot.flags.end());
  }
}

TEST_CASE("A precise plot of a drug that does nothing says occupancy zero, and that it does not know VND", "[lassen]") {
  const std::vector<double> baseline = {9.0, 12.0, 15.0, 18.0, 21.0, 24.0};
  const std::vector<double> drug = {9.05, 11.94, 15.06, 17.97, 20.95, 24.04};
  const LassenPlot plot = lassen_plot(baseline, drug);
  CHECK(plot.status == FitStatus::ok);
  CHECK(std::abs(plot.occupancy) < 0.01);
  CHECK_FALSE(plot.is_VND_identified);
}

TEST_CASE("Full occupancy, where the drug scan is flat, is found by both regressions", "[lassen]") {
  const std::vector<double> baseline = {9.0, 14.0, 20.0};
  const std::vector<double> drug = {8.0, 8.0, 8.0};
  for (const LassenRegression regression : {LassenRegression::ordinary, LassenRegression::orthogonal}) {
    const LassenPlot plot = lassen_plot(baseline, drug, regression);
    CHECK(plot.occupancy == Approx(1.0));
    CHECK(plot.VND == Approx(8.0));
    CHECK(plot.status == FitStatus::ok);
  }
}

TEST_CASE("Fewer than three regions make no Lassen plot", "[lassen]") {
  CHECK_THROWS_AS(lassen_plot(std::vector<double>{10.0, 12.0}, std::vector<double>{9.0, 9.5}), InputError);
}

TEST_CASE("Baseline volumes that are equal are refused, whatever rounding makes of their mean", "[lassen]") {
  const std::vector<double> same(7, 12.3);
  const std::vector<double> drug = {6.0, 6.5, 5.5, 6.1, 6.2, 5.9, 6.3};
  CHECK_THROWS_AS(lassen_plot(same, drug, {}), InputError);
}
