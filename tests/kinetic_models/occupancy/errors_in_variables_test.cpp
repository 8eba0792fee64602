// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/errors_in_variables.h"

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/occupancy/lassen_plot.h"
#include "libpet/error.h"

using namespace pet;

namespace {

const std::vector<double> baseline = {19.83, 17.26, 20.81, 20.46, 17.64, 16.83, 19.91, 12.15, 11.58, 10.72};
const std::vector<double> drug = {12.398, 12.022, 13.304, 12.716, 11.782, 11.83, 12.46, 9.912, 9.254, 9.36};

std::vector<double> row_major(const Eigen::MatrixXd& m) {
  const Eigen::MatrixXd turned = m.transpose();
  return {turned.data(), turned.data() + turned.size()};
}

Eigen::MatrixXd correlated(std::size_t n, double rho) {
  const auto size = static_cast<Eigen::Index>(n);
  Eigen::VectorXd sd(size);
  for (Eigen::Index i = 0; i < size; ++i) sd[i] = 0.2 + 0.05 * static_cast<double>(i);
  Eigen::MatrixXd m = rho * sd * sd.transpose();
  m.diagonal() = sd.array().square();
  return m;
}

// -2 log likelihood with one covariance in both scans, as the literature writes it: VS = ((b - VND) + q (d - VND)) /
// (1 + q^2), then e' S^-1 e + h' S^-1 h.
double objective(const Eigen::MatrixXd& covariance, double occupancy, double VND) {
  const auto n = static_cast<Eigen::Index>(baseline.size());
  const Eigen::VectorXd b = Eigen::Map<const Eigen::VectorXd>(baseline.data(), n).array() - VND;
  const Eigen::VectorXd d = Eigen::Map<const Eigen::VectorXd>(drug.data(), n).array() - VND;
  const double q = 1.0 - occupancy;
  const Eigen::VectorXd VS = (b + q * d) / (1.0 + q * q);
  const auto solver = covariance.llt();
  return (b - VS).dot(solver.solve(b - VS)) + (d - q * VS).dot(solver.solve(d - q * VS));
}

}  // namespace

TEST_CASE("Equal and independent errors give orthogonal regression", "[lassen]") {
  const std::vector<double> se(baseline.size(), 0.3);
  const UncertainLine line = line_with_errors(baseline, drug, independent_errors(se, se));
  // Computed independently for this plot.
  CHECK(line.occupancy == Approx(0.6283418199639835).margin(1e-9));
  CHECK(line.VND == Approx(8.419059053368542).margin(1e-8));
  CHECK(line.occupancy_interval.lower < line.occupancy);
  CHECK(line.occupancy_interval.upper > line.occupancy);
}

TEST_CASE("Independent errors of one size a region give the closed form of the weighted line", "[lassen]") {
  std::vector<double> se;
  for (std::size_t i = 0; i < baseline.size(); ++i) se.push_back(0.1 + 0.07 * static_cast<double>(i % 4));
  double w = 0.0, x = 0.0, y = 0.0, xx = 0.0, yy = 0.0, xy = 0.0;
  for (std::size_t i = 0; i < se.size(); ++i) {
    const double weight = 1.0 / (se[i] * se[i]);
    w += weight;
    x += weight * baseline[i];
    y += weight * drug[i];
    xx += weight * baseline[i] * baseline[i];
    yy += weight * drug[i] * drug[i];
    xy += weight * baseline[i] * drug[i];
  }
  const double Sxx = xx - x * x / w;
  const double Syy = yy - y * y / w;
  const double Sxy = xy - x * y / w;
  const double slope = (Syy - Sxx + std::sqrt((Syy - Sxx) * (Syy - Sxx) + 4.0 * Sxy * Sxy)) / (2.0 * Sxy);
  const UncertainLine line = line_with_errors(baseline, drug, independent_errors(se, se));
  CHECK(line.occupancy == Approx(1.0 - slope).margin(1e-9));
  CHECK(line.VND == Approx((y - slope * x) / w / (1.0 - slope)).margin(1e-8));
}

TEST_CASE("A drug scan without error gives the regression of baseline on drug, and the other way round", "[lassen]") {
  const std::vector<double> large(baseline.size(), 1.0);
  const std::vector<double> small(baseline.size(), 1e-4);
  const auto slope = [](const std::vector<double>& x, const std::vector<double>& y) {
    double mx = 0.0, my = 0.0, xx = 0.0, xy = 0.0;
    for (std::size_t i = 0; i < x.size(); ++i) mx += x[i] / 10.0, my += y[i] / 10.0;
    for (std::size_t i = 0; i < x.size(); ++i) xx += (x[i] - mx) * (x[i] - mx), xy += (x[i] - mx) * (y[i] - my);
    return xy / xx;
  };
  CHECK(line_with_errors(baseline, drug, independent_errors(small, large)).occupancy ==
        Approx(1.0 - slope(baseline, drug)).margin(1e-6));
  CHECK(line_with_errors(baseline, drug, independent_errors(large, small)).occupancy ==
        Approx(1.0 - 1.0 / slope(drug, baseline)).margin(1e-6));
}

TEST_CASE("With correlated regions no other occupancy and VND is more likely", "[lassen]") {
  const Eigen::MatrixXd covariance = correlated(baseline.size(), 0.7);
  const std::vector<double> matrix = row_major(covariance);
  const UncertainLine line = line_with_errors(baseline, drug, {.baseline = matrix, .drug = matrix});
  const double best = objective(covariance, line.occupancy, line.VND);
  CHECK(line.variance * 8.0 == Approx(best).epsilon(1e-9));
  for (const double occupancy : {-1e-4, 0.0, 1e-4})
    for (const double VND : {-1e-3, 0.0, 1e-3})
      CHECK(objective(covariance, line.occupancy + occupancy, line.VND + VND) >= best);
}

TEST_CASE("Profile intervals end where the best likelihood has fallen by Student's limit", "[lassen][lengthy]") {
  const Eigen::MatrixXd covariance = correlated(baseline.size(), 0.5);
  const std::vector<double> matrix = row_major(covariance);
  const UncertainLine line = line_with_errors(baseline, drug, {.baseline = matrix, .drug = matrix});
  const double t = boost::math::quantile(boost::math::students_t(8.0), 0.975);
  const double limit = line.variance * (8.0 + t * t);
  // The best of a fine grid of the other parameter, by the independent objective.
  const auto best_over = [&](auto of_step, double centre, double reach) {
    double best = 1e300;
    for (int i = -20000; i <= 20000; ++i) best = std::min(best, of_step(centre + reach * i / 20000.0));
    return best;
  };
  for (const double occupancy : {line.occupancy_interval.lower, line.occupancy_interval.upper})
    CHECK(best_over([&](double VND) { return objective(covariance, occupancy, VND); }, line.VND, 8.0) ==
          Approx(limit).epsilon(1e-5));
  for (const double VND : {line.VND_interval.lower, line.VND_interval.upper})
    CHECK(best_over([&](double occupancy) { return objective(covariance, occupancy, VND); }, line.occupancy, 0.2) ==
          Approx(limit).epsilon(1e-5));
}

TEST_CASE("Where scatter sets the size of errors that were known, its degrees of freedom make the interval",
          "[lassen]") {
  // Errors taken for exact and far too small: the size comes from the scatter about the line, with n - 2 = 8.
  const Eigen::MatrixXd covariance = 1e-4 * correlated(baseline.size(), 0.5);
  const std::vector<double> matrix = row_major(covariance);
  const UncertainLine too_sure =
      line_with_errors(baseline, drug, {.baseline = matrix, .drug = matrix, .is_size_known = true});
  REQUIRE(too_sure.variance > 1.0);
  const UncertainLine unknown = line_with_errors(baseline, drug, {.baseline = matrix, .drug = matrix});
  CHECK(too_sure.occupancy_interval.lower == Approx(unknown.occupancy_interval.lower));
  CHECK(too_sure.occupancy_interval.upper == Approx(unknown.occupancy_interval.upper));
  CHECK(too_sure.VND_interval.upper == Approx(unknown.VND_interval.upper));
}

TEST_CASE("Errors that fail to explain the scatter make no interval narrower than they would if they did",
          "[lassen][lengthy]") {
  // At a level of 0.3 the scatter of 0.9 is beyond chance (F with 8 and 3: 0.7), but t^2 of the covariance's 3 degrees
  // of freedom exceeds 0.9 t^2 of the scatter's 8.
  const double level = 0.3;
  const Eigen::MatrixXd shape = correlated(baseline.size(), 0.5);
  const std::vector<double> unscaled = row_major(shape);
  const double scatter = line_with_errors(baseline, drug, {.baseline = unscaled, .drug = unscaled}).variance;
  const Eigen::MatrixXd covariance = scatter / 0.9 * shape;
  const std::vector<double> matrix = row_major(covariance);
  const UncertainLine line = line_with_errors(
      baseline, drug, {.baseline = matrix, .drug = matrix, .is_size_known = true, .degrees_of_freedom = 3}, level);
  REQUIRE(line.variance == Approx(0.9));
  REQUIRE(line.variance > boost::math::quantile(boost::math::fisher_f(8.0, 3.0), level));
  const double t = boost::math::quantile(boost::math::students_t(3.0), 0.5 + 0.5 * level);
  CHECK(line.degrees_of_freedom == 3.0);
  for (const double occupancy : {line.occupancy_interval.lower, line.occupancy_interval.upper}) {
    double best = 1e300;
    for (int i = -20000; i <= 20000; ++i)
      best = std::min(best, objective(covariance, occupancy, line.VND + i / 4000.0));
    CHECK(best == Approx(0.9 * 8.0 + t * t).epsilon(1e-5));
  }
}

TEST_CASE("An exact line is found whatever the covariance, with and without a known VND", "[lassen]") {
  std::vector<double> exact;
  for (const double b : baseline) exact.push_back(8.0 + 0.25 * (b - 8.0));
  const std::vector<double> matrix = row_major(correlated(baseline.size(), 0.9));
  for (const std::optional<double> VND : {std::optional<double>(), std::optional(8.0)}) {
    const UncertainLine line = line_with_errors(baseline, exact, {.baseline = matrix, .drug = matrix}, 0.95, VND);
    CHECK(line.occupancy == Approx(0.75).margin(1e-9));
    CHECK(line.VND == Approx(8.0).margin(1e-7));
    CHECK(line.occupancy_interval.upper - line.occupancy_interval.lower < 1e-5);
  }
}

TEST_CASE("Scattered volumes do not bound the occupancy by likelihood", "[lassen]") {
  const std::vector<double> b = {10.0, 10.4, 9.8, 10.1, 10.3};
  const std::vector<double> d = {9.0, 10.6, 9.1, 10.0, 9.3};
  const std::vector<double> se(5, 0.3);
  const UncertainLine line = line_with_errors(b, d, independent_errors(se, se));
  CHECK_FALSE(line.occupancy_interval.is_bounded());
  const LassenPlot plot =
      lassen_plot(b, d, {.regression = LassenRegression::deming, .errors = independent_errors(se, se)});
  CHECK(plot.status == FitStatus::unidentifiable);
  CHECK(std::count(plot.flags.begin(), plot.flags.end(), "occupancy_unbounded") == 1);
}

TEST_CASE("Covariances that are none are refused", "[lassen]") {
  const std::vector<double> b = {10.0, 12.0, 14.0};
  const std::vector<double> d = {9.0, 10.0, 11.0};
  const std::vector<double> unit = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  CHECK_THROWS_WITH(line_with_errors(b, d, {.baseline = {1, 2, 0, 2, 1, 0, 0, 0, 1}, .drug = unit}),
                    Catch::Contains("positive definite"));
  CHECK_THROWS_WITH(line_with_errors(b, d, {.baseline = unit, .drug = {1, 0.5, 0, 0, 1, 0, 0, 0, 1}}),
                    Catch::Contains("symmetric"));
  CHECK_THROWS_WITH(line_with_errors(b, d, {.baseline = unit, .drug = {1, 0, 0, 1}}), Catch::Contains("4 numbers"));
  CHECK_THROWS_AS(line_with_errors({b.data(), 2}, {d.data(), 2}, {.baseline = unit, .drug = unit}), InputError);
}

TEST_CASE("Two drug scans without a baseline give the occupancy of what the first left free", "[lassen]") {
  std::vector<double> first;
  std::vector<double> second;
  for (const double specific : {2.0, 4.0, 7.0, 11.0}) {
    first.push_back(8.0 + (1.0 - 0.4) * specific);
    second.push_back(8.0 + (1.0 - 0.7) * specific);
  }
  const LassenPlot plot = lassen_plot(first, second);
  CHECK(plot.occupancy == Approx((0.7 - 0.4) / (1.0 - 0.4)).epsilon(1e-12));
  CHECK(plot.VND == Approx(8.0).epsilon(1e-12));
}

TEST_CASE("A line through a known VND is that of least squares through it", "[lassen]") {
  const LassenPlot plot = lassen_plot(baseline, drug, {.VND = 8.0});
  double xx = 0.0, xy = 0.0;
  for (std::size_t i = 0; i < baseline.size(); ++i) {
    xx += (baseline[i] - 8.0) * (baseline[i] - 8.0);
    xy += (baseline[i] - 8.0) * (baseline[i] - drug[i]);
  }
  CHECK(plot.occupancy == Approx(xy / xx).epsilon(1e-12));
  CHECK(plot.VND == 8.0);
  CHECK(plot.is_VND_identified);
}

TEST_CASE("A plot of one volume in every region is refused", "[lassen]") {
  CHECK_THROWS_WITH(lassen_plot(std::vector<double>{9.0, 9.0, 9.0}, std::vector<double>{8.0, 8.1, 8.2}),
                    Catch::Contains("same VT"));
}
