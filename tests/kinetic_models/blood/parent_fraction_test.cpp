// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/blood/parent_fraction.h"

#include <boost/math/special_functions/gamma.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>
#include <random>

#include "kinetic_models/blood/parent_fraction_models.h"
#include "libpet/error.h"

using namespace pet;

namespace {

// Each model written down again, independently of the code under test, with parameters to be found.
struct Truth {
  const char* model;
  std::vector<double> parameters;
  std::function<double(double)> fraction;
};

const std::vector<Truth>& truths() {
  using std::exp;
  using std::pow;
  static const std::vector<Truth> all = {
      {"hill", {0.15, 1.7, 12.0}, [](double t) { return 1 - 0.85 * pow(t, 1.7) / (pow(12.0, 1.7) + pow(t, 1.7)); }},
      {"power", {0.3, 0.25}, [](double t) { return 1 / pow(1 + 0.09 * t * t, 0.25); }},
      {"exponential", {0.7, 0.12, 0.004}, [](double t) { return 0.7 * exp(-0.12 * t) + 0.3 * exp(-0.004 * t); }},
      {"sigmoid",
       {6.0, 0.4, 0.08},
       [](double t) { return (pow(1 - t * t * t / (t * t * t + 216.0), 0.4) + 0.08) / 1.08; }},
      {"gamma", {0.9, 1.4, 11.0}, [](double t) { return 1 - 0.9 * boost::math::gamma_p(1.4, t / 11.0); }},
      {"inverse-gamma", {0.95, 1.2, 9.0}, [](double t) { return 1 - 0.95 * boost::math::gamma_q(1.2, 9.0 / t); }},
  };
  return all;
}

SampleSeries samples_of(const Truth& truth, double noise = 0.0) {
  SampleSeries samples;
  std::mt19937_64 generator(7);
  for (const double t : {1.0, 2.0, 4.0, 6.0, 9.0, 13.0, 18.0, 25.0, 35.0, 50.0, 70.0, 90.0, 120.0}) {
    samples.time_min.push_back(t);
    const double u = static_cast<double>(generator() >> 11) * 0x1.0p-53 - 0.5;
    samples.value.push_back(truth.fraction(t) + noise * u);
  }
  return samples;
}

}  // namespace

TEST_CASE("Every model of the parent fraction recovers the parameters of exact samples", "[blood]") {
  REQUIRE(truths().size() == parent_fraction_models().size());
  for (const Truth& truth : truths()) {
    CAPTURE(truth.model);
    const ParentFraction found = parent_fraction(samples_of(truth), truth.model);
    REQUIRE(found.fits.size() == 1);
    for (std::size_t j = 0; j < truth.parameters.size(); ++j) {
      CAPTURE(found.fits[0].estimates[j].symbol);
      CHECK(found.fits[0].parameters[j] == Approx(truth.parameters[j]).epsilon(1e-5));
    }
    for (const double t : {0.5, 3.0, 40.0, 200.0}) CHECK(found.curve(t) == Approx(truth.fraction(t)).margin(1e-6));
    CHECK(found.curve(0.0) == Approx(1.0).margin(1e-5));
  }
}

TEST_CASE("The fraction at injection is found where it is fitted", "[blood]") {
  for (const Truth& truth : truths()) {
    if (std::string(truth.model) == "hill") continue;  // its f0 is no common factor
    CAPTURE(truth.model);
    Truth lower = truth;
    lower.fraction = [&](double t) { return 0.93 * truth.fraction(t); };
    const ParentFraction found = parent_fraction(samples_of(lower), truth.model, true);
    CHECK(found.fits[0].parameters.back() == Approx(0.93).epsilon(1e-5));
    CHECK(found.fits[0].estimates.back().standard_error >= 0.0);
  }
}

TEST_CASE("AICc picks the model that made the samples where their noise is low", "[blood]") {
  for (const Truth& truth : truths()) {
    CAPTURE(truth.model);
    const ParentFraction found = parent_fraction(samples_of(truth, 1e-4), "auto");
    CHECK(found.model == truth.model);
    double sum = 0.0;
    for (const BloodFit& fit : found.fits) sum += fit.akaike_weight;
    CHECK(sum == Approx(1.0));
    CHECK(found.fits[static_cast<std::size_t>(found.chosen)].akaike_weight > 0.9);
  }
}

TEST_CASE("The derivatives of every model of the parent fraction are those of finite differences", "[blood]") {
  const std::vector<double> times = {0.5, 5.0, 60.0};
  for (const BloodModel& model : parent_fraction_models()) {
    CAPTURE(model.name);
    std::vector<double> p;
    for (const Parameter& parameter : model.parameters) p.push_back(parameter.initial);
    std::vector<double> values(3), jacobian(3 * p.size()), above(3), below(3);
    model.evaluate(p, times, values, jacobian);
    for (std::size_t j = 0; j < p.size(); ++j) {
      std::vector<double> q = p;
      const double step = 1e-5 * p[j];
      q[j] = p[j] + step;
      model.evaluate(q, times, above, {});
      q[j] = p[j] - step;
      model.evaluate(q, times, below, {});
      for (std::size_t i = 0; i < 3; ++i)
        CHECK(jacobian[i * p.size() + j] == Approx((above[i] - below[i]) / (2 * step)).margin(1e-7));
    }
  }
}

TEST_CASE("A model with fewer samples than parameters + 3 is named and not compared", "[blood]") {
  SampleSeries samples = samples_of(truths()[1]);
  samples.time_min.resize(5);
  samples.value.resize(5);
  const ParentFraction found = parent_fraction(samples, "auto");
  // Five samples leave only the power function, with two parameters.
  CHECK(found.model == "power");
  REQUIRE_FALSE(found.notes.empty());
  CHECK_THAT(found.notes.front(), Catch::Contains("hill, exponential, sigmoid, gamma, inverse-gamma"));
  samples.time_min.resize(4);
  samples.value.resize(4);
  CHECK(parent_fraction(samples, "auto").model == "monotone");
}

TEST_CASE("Interpolations go through the samples, start at 1 and hold the last value", "[blood]") {
  const SampleSeries samples = samples_of(truths()[0]);
  for (const char* kind : {"interpolation", "monotone"}) {
    CAPTURE(kind);
    const BloodCurve curve = parent_fraction(samples, kind).curve;
    for (std::size_t i = 0; i < samples.size(); ++i)
      CHECK(curve(samples.time_min[i]) == Approx(samples.value[i]).epsilon(1e-12));
    CHECK(curve(0.0) == 1.0);
    CHECK(curve(500.0) == Approx(samples.value.back()));
    for (double t = 0.0; t < 119.0; t += 0.5) CHECK(curve(t + 0.5) <= curve(t) + 1e-15);
  }
  CHECK(parent_fraction(samples, "interpolation").curve(30.0) == Approx(0.5 * (samples.value[7] + samples.value[8])));
  CHECK(parent_fraction(samples, "interpolation", true).curve(0.0) == samples.value.front());
}

TEST_CASE("Without samples, with too few, or by an unknown name there is no parent fraction", "[blood]") {
  CHECK_THROWS_AS(parent_fraction({}, "auto"), InputError);
  CHECK_THROWS_AS(parent_fraction({{1.0}, {0.9}}, "hill"), InputError);
  CHECK_THROWS_WITH(parent_fraction({{1.0}, {0.9}}, "hil"), Catch::Contains("hill"));
}
