// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/least_squares.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "kinetic_models/detail/linear.h"
#include "kinetic_models/srtm.h"
#include "libpet/error.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

simulated::Scan noisy_scan() {
  simulated::Scan scan = simulated::srtm_scan({}, simulated::cimbi36_frames());
  for (std::size_t i = 0; i < scan.target.activity.size(); ++i)
    scan.target.activity[i] *= 1.0 + 0.02 * std::sin(5.0 * static_cast<double>(i) + 1.0);
  return scan;
}

}  // namespace

TEST_CASE("Weighted linear least squares gives the textbook line and its standard errors", "[linear]") {
  // y = 1 + 2 x with residuals (+.1, -.2, +.1): slope 2, intercept 1 - .2/3 + .1/3 ...: worked by hand below.
  const std::array columns = {std::vector<double>{0.0, 1.0, 2.0}, std::vector<double>{1.0, 1.0, 1.0}};
  const std::vector<double> y = {1.1, 2.8, 5.1};
  const auto line = detail::weighted_least_squares(columns, y, std::vector<double>{1.0, 1.0, 1.0});
  // Sxx = 2, Sxy = 4, mean y = 3: slope 2, intercept 1; RSS = .01 + .04 + .01 = .06; s^2 = .06.
  CHECK(line.is_determined);
  CHECK(line.coefficients[0] == Approx(2.0));
  CHECK(line.coefficients[1] == Approx(1.0));
  CHECK(line.weighted_rss == Approx(0.06));
  CHECK(line.covariance[0] == Approx(0.06 / 2.0));
  CHECK(line.covariance[3] == Approx(0.06 * (1.0 / 3.0 + 1.0 / 2.0)));
  CHECK(line.covariance[1] == Approx(-0.06 / 2.0));
}

TEST_CASE("A weight of two is a point that is there twice", "[linear]") {
  const std::array once = {std::vector<double>{0.0, 1.0, 2.0, 4.0}};
  const std::array twice = {std::vector<double>{0.0, 1.0, 1.0, 2.0, 4.0}};
  const auto weighted =
      detail::weighted_least_squares(once, std::vector<double>{0.1, 1.2, 1.7, 4.3}, std::vector<double>{1, 2, 1, 1});
  const auto repeated =
      detail::weighted_least_squares(twice, std::vector<double>{0.1, 1.2, 1.2, 1.7, 4.3}, std::vector<double>(5, 1.0));
  CHECK(weighted.coefficients[0] == Approx(repeated.coefficients[0]));
  CHECK(weighted.weighted_rss == Approx(repeated.weighted_rss));
}

TEST_CASE("Columns that depend on each other are said to be undetermined", "[linear]") {
  const std::array columns = {std::vector<double>{1.0, 2.0, 3.0, 4.0}, std::vector<double>{2.0, 4.0, 6.0, 8.0}};
  const auto solution =
      detail::weighted_least_squares(columns, std::vector<double>{1, 2, 3, 5}, std::vector<double>(4, 1.0));
  CHECK_FALSE(solution.is_determined);
}

TEST_CASE("Every start of a fit ends in the same optimum", "[least_squares]") {
  const simulated::Scan scan = noisy_scan();
  const ReferenceRegion reference(scan.reference);
  const Fit one = fit(srtm, scan.target, reference);
  FitOptions options;
  options.starts = 20;
  options.seed = 7;
  const Fit many = fit(srtm, scan.target, reference, options);
  for (std::size_t q = 0; q < one.estimates.size(); ++q)
    CHECK(many.estimates[q].value == Approx(one.estimates[q].value).epsilon(1e-7));
}

TEST_CASE("No step away from the optimum lowers the residual sum of squares", "[least_squares]") {
  const simulated::Scan scan = noisy_scan();
  const ReferenceRegion reference(scan.reference);
  const Fit best = fit(srtm, scan.target, reference);
  const std::vector<double> p = {best["R1"].value, best["k2"].value, best["BPND"].value};
  const auto rss = [&](const std::vector<double>& q) {
    std::vector<double> predicted(scan.target.frames.size());
    srtm.predict(q, reference, predicted, {});
    double sum = 0.0;
    for (std::size_t i = 0; i < predicted.size(); ++i) sum += std::pow(predicted[i] - scan.target.activity[i], 2);
    return sum;
  };
  CHECK(best.weighted_rss == Approx(rss(p)));
  for (std::size_t j = 0; j < p.size(); ++j)
    for (const double factor : {0.999, 1.001}) {
      std::vector<double> q = p;
      q[j] *= factor;
      CHECK(rss(q) > rss(p));
    }
}

TEST_CASE("A fit that ends at a bound says so and gives no standard error for it", "[least_squares]") {
  const simulated::Scan scan = noisy_scan();
  FitOptions options;
  options.bounds = {parse_bounds("BPND=0:0.5:0.8")};  // the truth is 1.2
  const Fit bounded = fit(srtm, scan.target, ReferenceRegion(scan.reference), options);
  CHECK(bounded.status == FitStatus::at_bound);
  CHECK(bounded.flags.front() == "BPND_at_bound");
  CHECK(bounded["BPND"].value == Approx(0.8));
  CHECK(std::isnan(bounded["BPND"].standard_error));
  CHECK(std::isfinite(bounded["R1"].standard_error));
}

TEST_CASE("A bound on a parameter that the model lacks is a usage error with the nearest name", "[least_squares]") {
  const simulated::Scan scan = noisy_scan();
  FitOptions options;
  options.bounds = {parse_bounds("BPDN=0:0.5:0.8")};
  CHECK_THROWS_WITH(fit(srtm, scan.target, ReferenceRegion(scan.reference), options),
                    Catch::Contains("did you mean 'BPND'"));
}

TEST_CASE("A robust loss is not moved by one wild frame, least squares is", "[least_squares]") {
  simulated::Scan scan = simulated::srtm_scan({}, simulated::cimbi36_frames());
  for (std::size_t i = 0; i < scan.target.activity.size(); ++i)
    scan.target.activity[i] *= 1.0 + 0.002 * std::sin(5.0 * static_cast<double>(i) + 1.0);
  scan.target.activity[35] *= 1.5;
  const ReferenceRegion reference(scan.reference);
  FitOptions options;
  CHECK(std::abs(fit(srtm, scan.target, reference, options)["BPND"].value - 1.2) > 0.04);
  for (const Loss loss : {Loss::huber, Loss::cauchy}) {
    options.loss = loss;
    CHECK(fit(srtm, scan.target, reference, options)["BPND"].value == Approx(1.2).epsilon(0.01));
  }
}

TEST_CASE("Frames with a weight of zero take no part", "[least_squares]") {
  simulated::Scan scan = simulated::srtm_scan({}, simulated::cimbi36_frames());
  const ReferenceRegion reference(scan.reference);
  FitOptions options;
  options.weights.assign(scan.target.frames.size(), 1.0);
  options.weights[35] = 0.0;
  scan.target.activity[35] = 1e6;
  const Fit result = fit(srtm, scan.target, reference, options);
  CHECK(result["BPND"].value == Approx(1.2).epsilon(1e-4));
  CHECK(result.degrees_of_freedom == static_cast<int>(scan.target.frames.size()) - 1 - 3);
}

TEST_CASE("Standard errors of robust fits are the scatter of their estimates", "[least_squares]") {
  const simulated::Scan scan = simulated::srtm_scan({}, simulated::cimbi36_frames());
  const ReferenceRegion reference(scan.reference);
  for (const Loss loss : {Loss::huber, Loss::cauchy}) {
    std::mt19937_64 generator(11);
    std::normal_distribution<double> normal;
    FitOptions options;
    options.loss = loss;
    constexpr int repeats = 400;
    double sum = 0.0, squares = 0.0, errors = 0.0;
    for (int r = 0; r < repeats; ++r) {
      TimeActivityCurve noisy = scan.target;
      for (double& a : noisy.activity) a += 0.2 * normal(generator);
      const Estimate BPND = fit(srtm, noisy, reference, options)["BPND"];
      sum += BPND.value;
      squares += BPND.value * BPND.value;
      errors += BPND.standard_error * BPND.standard_error;
    }
    const double variance = (squares - sum * sum / repeats) / (repeats - 1);
    CHECK(errors / repeats == Approx(variance).epsilon(0.25));
  }
}

TEST_CASE("The start of bounds is one of the starts", "[least_squares]") {
  // A start at the optimum of a problem with the grid's best start elsewhere must not be worse than without it.
  const simulated::Scan scan = noisy_scan();
  const ReferenceRegion reference(scan.reference);
  FitOptions options;
  options.bounds = {parse_bounds("BPND=-0.5:1.2:5"), parse_bounds("k2=0.01:0.04:0.5")};
  CHECK(fit(srtm, scan.target, reference, options).weighted_rss <=
        fit(srtm, scan.target, reference).weighted_rss * (1.0 + 1e-9));
}

TEST_CASE("Bounds outside the domain of the model, or given twice, are a usage error", "[least_squares]") {
  const simulated::Scan scan = noisy_scan();
  const ReferenceRegion reference(scan.reference);
  FitOptions options;
  for (const char* bounds : {"BPND=-1:0:5", "k2=0:0.1:1", "R1=-5:1:10"}) {
    INFO(bounds);
    options.bounds = {parse_bounds(bounds)};
    CHECK_THROWS_AS(fit(srtm, scan.target, reference, options), UsageError);
  }
  options.bounds = {parse_bounds("k2=0.001:0.1:1"), parse_bounds("k2=0.001:0.1:2")};
  CHECK_THROWS_WITH(fit(srtm, scan.target, reference, options), Catch::Contains("twice"));
}
