// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/pooled_curve.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/error.h"

using namespace pet;

namespace {

constexpr double Omax = 0.77, EC50 = 2.0;

std::vector<CurveObservation> study(std::uint64_t seed, int subjects, double omega, double sigma) {
  std::vector<CurveObservation> all;
  for (int s = 0; s < subjects; ++s) {
    NormalNoise noise(seed, {static_cast<std::uint64_t>(s)});
    const double own = EC50 * std::exp(omega * noise.next());
    for (const double x : {0.7, 1.5, 3.0, 6.0, 12.0})
      all.push_back({.x = x, .y = Omax * x / (own + x) + sigma * noise.next(), .subject = std::to_string(s)});
  }
  return all;
}

// -2 log of the likelihood, the random effect integrated in steps of a thousandth; without the constants n log(2 pi).
double integrated_deviance(const std::vector<CurveObservation>& data, double omega, double sigma) {
  double deviance = 0.0;
  for (std::size_t first = 0; first < data.size(); first += 5) {
    double likelihood = 0.0;
    for (int k = -8000; k <= 8000; ++k) {
      const double u = 0.001 * k;
      double sum = u * u;
      for (std::size_t j = first; j < first + 5; ++j) {
        const double predicted = Omax * data[j].x / (EC50 * std::exp(omega * u) + data[j].x);
        sum += std::pow((data[j].y - predicted) / sigma, 2);
      }
      likelihood += 0.001 / std::sqrt(2.0 * std::acos(-1.0)) * std::exp(-0.5 * sum);
    }
    deviance += -2.0 * std::log(likelihood) + 10.0 * std::log(sigma);
  }
  return deviance;
}

}  // namespace

TEST_CASE("The approximate likelihood of a pooled curve is near the integral over the random effect", "[pooled]") {
  const auto data = study(1, 8, 0.3, 0.03);
  for (const double omega : {0.1, 0.3, 0.5}) {
    CAPTURE(omega);
    CHECK(pooled_deviance(data, {}, Omax, EC50, 1.0, omega, 0.0, 0.03) ==
          Approx(integrated_deviance(data, omega, 0.03)).margin(0.3));
  }
}

TEST_CASE("Without a random effect the pooled likelihood is that of independent scans", "[pooled]") {
  const auto data = study(2, 6, 0.0, 0.03);
  double expected = 0.0;
  for (const CurveObservation& o : data)
    expected += std::pow((o.y - Omax * o.x / (EC50 + o.x)) / 0.03, 2) + 2.0 * std::log(0.03);
  CHECK(pooled_deviance(data, {}, Omax, EC50, 1.0, 0.0, 0.0, 0.03) == Approx(expected).epsilon(1e-10));
}

TEST_CASE("A pooled curve finds how much subjects differ, and whose EC50 is high", "[pooled][lengthy]") {
  const auto data = study(3, 30, 0.4, 0.02);
  const PooledFit fit = fit_pooled_curve(data, {});
  // What these subjects are, which a likelihood knows, and not what the population is.
  std::vector<double> logs;
  double mean = 0.0, squares = 0.0;
  for (std::uint64_t s = 0; s < 30; ++s) {
    NormalNoise noise(3, {s});
    logs.push_back(std::log(EC50) + 0.4 * noise.next());
    mean += logs.back() / 30.0;
  }
  for (const double l : logs) squares += (l - mean) * (l - mean) / 30.0;
  CHECK(fit.status == FitStatus::ok);
  CHECK(fit["Omax"].value == Approx(Omax).epsilon(0.03));
  CHECK(fit["EC50"].value == Approx(std::exp(mean)).epsilon(0.06));
  CHECK(fit["omega_EC50"].value == Approx(std::sqrt(squares)).epsilon(0.15));
  CHECK(fit["sigma"].value == Approx(0.02).epsilon(0.15));
  CHECK(fit["EC50"].lower < std::exp(mean));
  CHECK(fit["EC50"].upper > std::exp(mean));
  for (std::size_t s = 0; s < 30; ++s) CHECK(fit.subjects[s].EC50 == Approx(std::exp(logs[s])).epsilon(0.35));
  // The interval of a fit that takes all scans for independent is narrower.
  const CurveFit independent = fit_curve(data, {});
  CHECK(std::log(fit["EC50"].upper / fit["EC50"].lower) >
        std::log(independent["EC50"].upper / independent["EC50"].lower));
}

TEST_CASE("The omega of a pooled curve is at the smallest deviance of all omegas, and not at its saddle at zero",
          "[pooled][lengthy]") {
  for (const std::uint64_t seed : {11u, 12u, 13u, 14u, 15u, 16u})
    for (const double omega : {0.12, 0.8}) {
      const auto data = study(seed, 6, omega, 0.04);
      const PooledFit fit = fit_pooled_curve(data, {});
      CAPTURE(seed, omega, fit["omega_EC50"].value);
      const double sigma = fit["sigma"].value;
      for (double other = 0.0; other < 1.6; other += 0.04)
        CHECK(pooled_deviance(data, {}, fit["Omax"].value, fit["EC50"].value, 1.0, other, 0.0, sigma) >=
              fit.deviance - 1e-4);
    }
}

TEST_CASE("The interval of a mean over subjects is that of Student's t with one degree of freedom less than subjects",
          "[pooled]") {
  // With Omax known and hardly any noise log EC50 of each subject is seen, and the population is their sample.
  std::vector<CurveObservation> data = study(21, 9, 0.3, 1e-3);
  std::vector<double> own;
  for (std::uint64_t s = 0; s < 9; ++s) {
    NormalNoise noise(21, {s});
    own.push_back(std::log(EC50) + 0.3 * noise.next());
  }
  double mean = 0.0, squares = 0.0;
  for (const double l : own) mean += l / 9.0;
  for (const double l : own) squares += (l - mean) * (l - mean);
  PooledOptions options;
  options.curve.Omax = Omax;
  const PooledFit fit = fit_pooled_curve(data, options);
  CHECK(std::log(fit["EC50"].value) == Approx(mean).margin(5e-3));
  CHECK(fit["omega_EC50"].value == Approx(std::sqrt(squares / 9.0)).epsilon(0.02));
  const double t = 2.306004;  // Student's t with 8 degrees of freedom
  const double expected = std::sqrt(squares / 8.0 / 9.0) * t;
  CHECK(0.5 * std::log(fit["EC50"].upper / fit["EC50"].lower) == Approx(expected).epsilon(0.03));
}

TEST_CASE("Subjects who do not differ give no variation, and the curve of independent scans", "[pooled]") {
  const auto data = study(4, 8, 0.0, 0.03);
  const PooledFit fit = fit_pooled_curve(data, {});
  CHECK(fit["omega_EC50"].value < 0.1);
  CHECK(fit["EC50"].value == Approx(fit_curve(data, {})["EC50"].value).epsilon(0.03));
}

TEST_CASE("A pooled curve of binding finds the baselines", "[pooled]") {
  auto data = study(5, 8, 0.3, 0.0);
  for (std::size_t i = 0; i < data.size(); ++i) {
    NormalNoise noise(6, {i});
    data[i].y = (1.0 + 0.1 * static_cast<double>(i / 5)) * (1.0 - data[i].y) + 0.01 * noise.next();
  }
  PooledOptions options;
  options.curve.endpoint = CurveEndpoint::binding;
  const PooledFit fit = fit_pooled_curve(data, options);
  for (std::size_t s = 0; s < 8; ++s)
    CHECK(fit.subjects[s].BP0 == Approx(1.0 + 0.1 * static_cast<double>(s)).epsilon(0.1));
  CHECK(fit["Omax"].value == Approx(Omax).epsilon(0.06));
}

TEST_CASE("Too few subjects, or nameless ones, make no pooled curve", "[pooled]") {
  CHECK_THROWS_AS(fit_pooled_curve(study(1, 2, 0.3, 0.03), {}), InputError);
  auto data = study(1, 4, 0.3, 0.03);
  data[3].subject.clear();
  CHECK_THROWS_AS(fit_pooled_curve(data, {}), InputError);
}
