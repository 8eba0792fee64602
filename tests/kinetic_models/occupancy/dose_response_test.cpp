// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/dose_response.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <functional>

#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/error.h"

using namespace pet;

namespace {

const std::vector<double> concentrations = {0.3, 0.6, 1.0, 1.5, 2.2, 3.0, 4.1, 5.5, 7.0, 8.8, 11.0, 13.5, 16.0};
// What is added to the curve: fixed numbers with a mean near zero.
const std::vector<double> scatter = {0.02,   -0.03, 0.01, 0.025, -0.02, -0.01, 0.03,
                                     -0.025, 0.015, 0.02, -0.03, 0.01,  -0.005};

double hill_curve(double x, double Omax, double EC50, double h, double E0 = 0.0) {
  return E0 + Omax * std::pow(x, h) / (std::pow(EC50, h) + std::pow(x, h));
}

std::vector<CurveObservation> observed(double Omax, double EC50, double h, double size, double E0 = 0.0) {
  std::vector<CurveObservation> all;
  for (std::size_t i = 0; i < concentrations.size(); ++i)
    all.push_back({.x = concentrations[i], .y = hill_curve(concentrations[i], Omax, EC50, h, E0) + size * scatter[i]});
  return all;
}

double rss(const std::vector<CurveObservation>& data, double Omax, double EC50) {
  double sum = 0.0;
  for (const CurveObservation& o : data) sum += std::pow(o.y - hill_curve(o.x, Omax, EC50, 1.0), 2);
  return sum;
}

// The smallest RSS over Omax, which is linear, for an EC50.
double best_rss(const std::vector<CurveObservation>& data, double EC50) {
  double ff = 0.0, fy = 0.0;
  for (const CurveObservation& o : data) {
    const double f = hill_curve(o.x, 1.0, EC50, 1.0);
    ff += f * f;
    fy += f * o.y;
  }
  return rss(data, fy / ff, EC50);
}

bool has(const CurveFit& fit, const std::string& flag) {
  return std::count(fit.flags.begin(), fit.flags.end(), flag) == 1;
}

}  // namespace

TEST_CASE("Exact observations give back the curve they came from, whatever its shape", "[curve]") {
  struct Case {
    CurveShape shape;
    double Omax, EC50, hill, E0;
  };
  for (const Case& c : {Case{CurveShape::emax, 0.77, 2.0, 1.0, 0.0}, Case{CurveShape::emax_full, 1.0, 0.5, 1.0, 0.0},
                        Case{CurveShape::hill, 0.9, 4.0, 1.8, 0.0}, Case{CurveShape::hill_full, 1.0, 3.0, 0.7, 0.0},
                        Case{CurveShape::emax, 0.7, 3.0, 1.0, 0.05}}) {
    CurveOptions options{.shape = c.shape, .targets = {0.5}};
    options.E0.is_fitted = c.E0 != 0.0;
    const CurveFit fit = fit_curve(observed(c.Omax, c.EC50, c.hill, 0.0, c.E0), options);
    CAPTURE(name_of(c.shape), fit.flags.size());
    CHECK(fit["Omax"].value == Approx(c.Omax).epsilon(1e-6));
    CHECK(fit["EC50"].value == Approx(c.EC50).epsilon(1e-6));
    CHECK(fit["hill"].value == Approx(c.hill).epsilon(1e-6));
    CHECK(fit["E0"].value == Approx(c.E0).margin(1e-6));
    REQUIRE(fit.targets.at(0).is_attainable);
    CHECK(hill_curve(fit.targets[0].x, c.Omax, c.EC50, c.hill, c.E0) == Approx(0.5).epsilon(1e-6));
  }
}

TEST_CASE("A profile interval of EC50 ends where the smallest RSS over Omax has risen to Student's limit", "[curve]") {
  const auto data = observed(0.77, 2.0, 1.0, 1.0);
  const CurveFit fit = fit_curve(data, {});
  const double t = boost::math::quantile(boost::math::students_t(11.0), 0.975);
  const double limit = fit.rss * (1.0 + t * t / 11.0);
  CHECK(fit.rss == Approx(best_rss(data, fit["EC50"].value)).epsilon(1e-9));
  CHECK(best_rss(data, fit["EC50"].lower) == Approx(limit).epsilon(1e-6));
  CHECK(best_rss(data, fit["EC50"].upper) == Approx(limit).epsilon(1e-6));
  CHECK(fit["EC50"].upper - fit["EC50"].value > fit["EC50"].value - fit["EC50"].lower);
}

TEST_CASE("The interval of the concentration for an occupancy is a profile too", "[curve]") {
  const auto data = observed(0.77, 2.0, 1.0, 1.0);
  const CurveFit fit = fit_curve(data, {.targets = {0.5}});
  const CurveTarget& target = fit.targets.at(0);
  const double t = boost::math::quantile(boost::math::students_t(11.0), 0.975);
  const double limit = fit.rss * (1.0 + t * t / 11.0);
  CHECK(target.x == Approx(fit["EC50"].value * 0.5 / (fit["Omax"].value - 0.5)).epsilon(1e-9));
  for (const double x : {target.interval.lower, target.interval.upper}) {
    double best = 1e9;  // over Omax, EC50 following from Omax/(1 + EC50/x) = 0.5
    for (int i = 1; i < 40000; ++i) {
      const double Omax = 0.5 + 1e-5 * i;
      best = std::min(best, rss(data, Omax, x * (Omax - 0.5) / 0.5));
    }
    CHECK(best == Approx(limit).epsilon(1e-5));
  }
}

TEST_CASE("A band holds the curves that the data do not reject, at every concentration", "[curve][lengthy]") {
  const auto data = observed(0.77, 2.0, 1.0, 1.0);
  const CurveFit fit = fit_curve(data, {});
  const double t = boost::math::quantile(boost::math::students_t(11.0), 0.975);
  const double limit = fit.rss * (1.0 + t * t / 11.0);
  const std::vector<double> x = {0.0, 0.5, 2.0, 10.0, 50.0};
  const std::vector<CurvePoint> band = predict_curve(data, {}, x);
  for (std::size_t k = 0; k < x.size(); ++k) {
    double lower = 1.0, upper = 0.0;  // over a grid of curves that are not rejected
    for (double Omax = 0.5; Omax < 1.1; Omax += 0.0005)
      for (double EC50 = 1.0; EC50 < 4.0; EC50 += 0.002)
        if (rss(data, Omax, EC50) <= limit) {
          lower = std::min(lower, hill_curve(x[k], Omax, EC50, 1.0));
          upper = std::max(upper, hill_curve(x[k], Omax, EC50, 1.0));
        }
    CAPTURE(x[k]);
    CHECK(band[k].mean.lower == Approx(lower).margin(2e-3));
    CHECK(band[k].mean.upper == Approx(upper).margin(2e-3));
    CHECK(band[k].observation.upper >= band[k].mean.upper);
  }
}

TEST_CASE("A target above the curve is not attained, and its interval says from where it may be", "[curve]") {
  const auto data = observed(0.77, 2.0, 1.0, 1.0);
  const CurveFit fit = fit_curve(data, {.targets = {0.78, 0.99}});
  REQUIRE(fit["Omax"].value < 0.78);
  CHECK(has(fit, "target_unattainable"));
  CHECK_FALSE(fit.targets[0].is_attainable);
  CHECK(std::isnan(fit.targets[0].x));
  CHECK(fit["Omax"].upper > 0.78);  // not excluded
  CHECK(fit.targets[0].interval.lower > 16.0);
  CHECK(std::isfinite(fit.targets[0].interval.lower));
  CHECK(std::isinf(fit.targets[0].interval.upper));
  CHECK(fit["Omax"].upper < 0.99);  // excluded
  CHECK(std::isinf(fit.targets[1].interval.lower));
}

TEST_CASE("Concentrations far below EC50 leave EC50 and Omax without an upper end", "[curve]") {
  std::vector<CurveObservation> data;
  for (std::size_t i = 0; i < 10; ++i)
    data.push_back({.x = 0.1 * static_cast<double>(i + 1), .y = 0.02 * static_cast<double>(i + 1) + 0.3 * scatter[i]});
  const CurveFit fit = fit_curve(data, {});
  CHECK(fit.status == FitStatus::unidentifiable);
  CHECK(has(fit, "EC50_unbounded"));
  CHECK(std::isinf(fit["EC50"].upper));
  CHECK(fit["EC50"].lower > 0.0);
}

TEST_CASE("A coefficient that the observations do not tell is unidentifiable, not at a bound", "[curve]") {
  // Half of Omax at 1, all of it at 1e9: every Hill coefficient gives that.
  const std::vector<CurveObservation> data = {
      {.x = 0.0, .y = 0.0}, {.x = 1.0, .y = 0.4}, {.x = 1.0, .y = 0.4}, {.x = 1e9, .y = 0.8}, {.x = 1e9, .y = 0.8}};
  const CurveFit fit = fit_curve(data, {.shape = CurveShape::hill});
  CHECK(fit.status == FitStatus::unidentifiable);
  CHECK(has(fit, "hill_unidentifiable"));
  CHECK_FALSE(has(fit, "hill_at_bound"));
}

TEST_CASE("An observation with a large standard error hardly counts", "[curve]") {
  auto data = observed(0.77, 2.0, 1.0, 0.0);
  data[5].y = 0.1;
  for (CurveObservation& o : data) o.standard_error = 0.02;
  CHECK(std::abs(fit_curve(data, {})["EC50"].value - 2.0) > 0.1);
  data[5].standard_error = 20.0;
  CHECK(fit_curve(data, {})["EC50"].value == Approx(2.0).epsilon(1e-4));
  // Only ratios of the standard errors count.
  const CurveFit before = fit_curve(data, {});
  for (CurveObservation& o : data) o.standard_error *= 3.0;
  CHECK(fit_curve(data, {})["EC50"].standard_error == Approx(before["EC50"].standard_error).epsilon(1e-6));
}

TEST_CASE("AICc prefers the curve that the data came from", "[curve]") {
  const auto emax = observed(0.77, 2.0, 1.0, 1.0);
  const auto hill = observed(0.9, 4.0, 2.5, 1.0);
  CHECK(fit_curve(emax, {})["Omax"].value < 0.9);
  CHECK(fit_curve(emax, {}).aicc < fit_curve(emax, {.shape = CurveShape::hill}).aicc);
  CHECK(fit_curve(emax, {}).aicc < fit_curve(emax, {.shape = CurveShape::emax_full}).aicc);
  CHECK(fit_curve(hill, {.shape = CurveShape::hill}).aicc < fit_curve(hill, {}).aicc);
}

TEST_CASE("Binding gives the curve and the baselines that were never scanned", "[curve]") {
  std::vector<CurveObservation> data;
  const std::vector<double> BP0 = {1.2, 1.5, 1.8};
  for (std::size_t s = 0; s < 3; ++s)
    for (const double x : {0.0, 1.0, 4.0, 12.0})
      if (x > 0.0 || s != 1)  // the second subject has no baseline
        data.push_back({.x = x, .y = BP0[s] * (1.0 - hill_curve(x, 0.77, 2.0, 1.0)), .subject = std::to_string(s)});
  const CurveFit fit = fit_curve(data, {.endpoint = CurveEndpoint::binding});
  CHECK(fit["EC50"].value == Approx(2.0).epsilon(1e-6));
  CHECK(fit["Omax"].value == Approx(0.77).epsilon(1e-6));
  REQUIRE(fit.baselines.size() == 3);
  for (std::size_t s = 0; s < 3; ++s) CHECK(fit.baselines[s].value == Approx(BP0[s]).epsilon(1e-6));
  CHECK(fit.parameters == 5);
}

TEST_CASE("Data that make no curve are refused in one line", "[curve]") {
  const auto refused = [](std::vector<CurveObservation> data, const char* message, CurveOptions options = {}) {
    INFO(message);
    CHECK_THROWS_WITH(fit_curve(data, options), Catch::Contains(message));
  };
  refused({{1, .2}, {2, .3}, {1, .25}, {2, .35}}, "2 different doses");
  refused({{1, .5}, {2, .5}, {3, .5}, {4, .5}}, "same value");
  refused({{-1, .1}, {2, .3}, {3, .5}, {4, .6}}, "concentration -1");
  refused({{1, .1, 0.0}, {2, .3, .1}, {3, .5, .1}, {4, .6, .1}}, "standard error 0");
  refused({{1, .1}, {2, .3}, {3, .5}}, "3 observations", {.shape = CurveShape::hill});
  refused({{1, .1}, {2, .3}, {3, .5}, {4, .6}}, "without a subject", {.endpoint = CurveEndpoint::binding});
  CHECK_THROWS_AS(curve_shape("emx"), UsageError);
}

TEST_CASE("What no curve can be fitted to, or means nothing, is refused", "[curve]") {
  std::vector<CurveObservation> binding;
  for (const double x : {0.0, 1.0, 2.0, 5.0, 10.0})
    for (const char* subject : {"a", "b"}) binding.push_back({x, 2.0 / (1.0 + x / 2.0), not_available, subject});
  CurveOptions options;
  options.endpoint = CurveEndpoint::binding;
  CHECK(fit_curve(binding, options)["EC50"].value == Approx(2.0).epsilon(1e-3));
  CurveOptions ambiguous = options;
  ambiguous.E0.is_fitted = true;
  CHECK_THROWS_AS(fit_curve(binding, ambiguous), UsageError);
  for (CurveObservation& o : binding)
    if (o.subject == "b") o.y = -0.02;
  CHECK_THROWS_WITH(fit_curve(binding, options), Catch::Contains("'b'") && Catch::Contains("above zero"));
  CurveOptions flat;
  flat.Omax = 0.0;
  CHECK_THROWS_AS(fit_curve(observed(0.8, 2.0, 1.0, 1.0), flat), UsageError);
  CurveOptions falling;
  falling.shape = CurveShape::hill;
  falling.hill = -1.0;
  CHECK_THROWS_AS(fit_curve(observed(0.8, 2.0, 1.0, 1.0), falling), UsageError);
}

namespace {

constexpr double levels[] = {0.03, 0.1, 0.25, 0.6, 1.5, 4.0, 10.0, 25.0, 60.0, 150.0};

// Two sites by the law of mass action; `weight` of the tracer's binding is the first.
double of_two_sites(double x, double Omax, double first, double second, double weight) {
  return Omax * (weight * x / (first + x) + (1.0 - weight) * x / (second + x));
}

std::vector<CurveObservation> two_sites(double weight, double Omax = 0.9, double noise_size = 0.0) {
  std::vector<CurveObservation> data;
  pet::NormalNoise noise(31, {7});
  for (const double x : levels)
    for (int i = 0; i < 2; ++i)
      data.push_back({x, of_two_sites(x, Omax, 0.6, 20.0, weight) + noise_size * noise.next()});
  return data;
}

bool is_flagged(const CurveFit& fit, const std::string& flag) {
  return std::find(fit.flags.begin(), fit.flags.end(), flag) != fit.flags.end();
}

}  // namespace

TEST_CASE("A curve of two sites finds both and their shares", "[dose_response]") {
  const CurveFit fit = fit_curve(two_sites(0.65), {.shape = CurveShape::two_site, .targets = {0.5}});
  CHECK(fit["Omax"].value == Approx(0.9).epsilon(1e-5));
  CHECK(fit["EC50"].value == Approx(0.6).epsilon(1e-5));
  CHECK(fit["EC50_2"].value == Approx(20.0).epsilon(1e-5));
  CHECK(fit["fraction"].value == Approx(0.65).epsilon(1e-5));
  CHECK(fit.parameters == 4);
  CHECK(of_two_sites(fit.targets[0].x, 0.9, 0.6, 20.0, 0.65) == Approx(0.5).epsilon(1e-6));
}

TEST_CASE("Noisy curves of two sites have intervals about the truth, and AICc prefers them", "[dose_response]") {
  const std::vector<CurveObservation> data = two_sites(0.6, 0.9, 0.01);
  const CurveFit fit = fit_curve(data, {.shape = CurveShape::two_site, .targets = {0.6}});
  CHECK(fit.status == FitStatus::ok);
  for (const auto& [symbol, truth] : {std::pair{"Omax", 0.9}, {"EC50", 0.6}, {"EC50_2", 20.0}, {"fraction", 0.6}}) {
    CAPTURE(symbol, fit[symbol].value, fit[symbol].lower, fit[symbol].upper);
    CHECK(fit[symbol].lower < truth);
    CHECK(fit[symbol].upper > truth);
    CHECK(fit[symbol].lower < fit[symbol].value);
    CHECK(fit[symbol].upper > fit[symbol].value);
  }
  CHECK(fit.aicc < fit_curve(data, {}).aicc);
  CHECK(fit.targets[0].interval.lower < fit.targets[0].x);
  CHECK(fit.targets[0].interval.upper > fit.targets[0].x);
  // The band at a concentration holds the curve there.
  const auto band = predict_curve(data, {.shape = CurveShape::two_site}, {0.0, 5.0});
  CHECK(band[0].y == 0.0);
  const double at_five = of_two_sites(5.0, 0.9, 0.6, 20.0, 0.6);
  CHECK(band[1].mean.lower < at_five);
  CHECK(band[1].mean.upper > at_five);
  CHECK(band[1].mean.upper - band[1].mean.lower < 0.03);
}

TEST_CASE("One site fitted as two is flagged, and AICc prefers one", "[dose_response]") {
  const std::vector<CurveObservation> data = two_sites(1.0, 0.9, 0.02);
  const CurveFit fit = fit_curve(data, {.shape = CurveShape::two_site});
  CHECK(fit.status == FitStatus::unidentifiable);
  CHECK(is_flagged(fit, "EC50_2_unidentifiable"));
  CHECK(fit_curve(data, {}).aicc < fit.aicc);
}

TEST_CASE("An agonist tracer weighs the state of high affinity more, and its fraction is that of the receptors",
          "[dose_response]") {
  // 30 % of the receptors are in the first state. A tracer that binds it eight times better has 77 % of its binding
  // there.
  const double share = 0.3;
  for (const double selectivity : {1.0, 8.0}) {
    const double weight = share * selectivity / (share * selectivity + 1.0 - share);
    const CurveFit fit =
        fit_curve(two_sites(weight), {.shape = CurveShape::two_state, .selectivity = selectivity, .targets = {0.45}});
    CAPTURE(selectivity);
    CHECK(fit["EC50"].value == Approx(0.6).epsilon(1e-4));
    CHECK(fit["EC50_2"].value == Approx(20.0).epsilon(1e-4));
    CHECK(fit["fraction"].value == Approx(share).epsilon(1e-4));
    CHECK(of_two_sites(fit.targets[0].x, 0.9, 0.6, 20.0, weight) == Approx(0.45).epsilon(1e-5));
  }
}

TEST_CASE("Binding of several subjects takes a curve of two sites", "[dose_response]") {
  std::vector<CurveObservation> data;
  for (const auto& [subject, BP0] : {std::pair{"a", 1.5}, {"b", 2.0}})
    for (const double x : levels)
      data.push_back({x, BP0 * (1.0 - of_two_sites(x, 1.0, 0.6, 20.0, 0.7)), not_available, subject});
  const CurveFit fit =
      fit_curve(data, {.shape = CurveShape::two_site, .endpoint = CurveEndpoint::binding, .Omax = 1.0});
  CHECK(fit["EC50"].value == Approx(0.6).epsilon(1e-4));
  CHECK(fit["fraction"].value == Approx(0.7).epsilon(1e-4));
  CHECK(fit.baselines[1].value == Approx(2.0).epsilon(1e-4));
}

TEST_CASE("Two sites refuse what they cannot have", "[dose_response]") {
  const std::vector<CurveObservation> data = two_sites(0.6);
  CHECK_THROWS_AS(fit_curve(data, {.shape = CurveShape::two_state}), UsageError);
  CHECK_THROWS_AS(fit_curve(data, {.shape = CurveShape::two_state, .selectivity = 0.0}), UsageError);
  CHECK_THROWS_AS(fit_curve(data, {.shape = CurveShape::two_site, .selectivity = 2.0}), UsageError);
  CHECK_THROWS_AS(fit_curve(data, {.shape = CurveShape::two_site, .hill = 2.0}), UsageError);
  const std::vector<CurveObservation> few = {{1, .3}, {1, .31}, {2, .4}, {2, .41}, {4, .5}, {4, .51}, {8, .6}};
  CHECK_THROWS_AS(fit_curve(few, {.shape = CurveShape::two_site}), InputError);
}
