// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/intervals.h"

#include <array>
#include <boost/math/distributions/students_t.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/detail/linear.h"
#include "kinetic_models/ma1.h"
#include "kinetic_models/srtm.h"
#include "kinetic_models/two_tissue.h"
#include "libpet/error.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

const Frames frames = simulated::cimbi36_frames();

simulated::Scan noisy_scan() {
  simulated::Scan scan = simulated::srtm_scan({}, frames);
  for (std::size_t i = 0; i < scan.target.activity.size(); ++i)
    scan.target.activity[i] *= 1.0 + 0.03 * std::sin(5.0 * static_cast<double>(i) + 1.0);
  return scan;
}

InputFunction samples() {
  InputFunction input;
  for (int i = 0; i <= 3600; ++i) {
    const double t = i <= 2400 ? 0.0025 * i : 6.0 + 0.1 * (i - 2400);
    input.time_min.push_back(t);
    input.parent_plasma.push_back(simulated::plasma(t));
    input.whole_blood.push_back(simulated::plasma(t));
  }
  return input;
}

double quantile(double level, int freedom) {
  return boost::math::quantile(boost::math::students_t(freedom), 0.5 + 0.5 * level);
}

}  // namespace

// The least RSS of SRTM with BPND held, by a search over k2a: with both held the curve is linear in R1,
//   C_T = R1 (C_R - k2a y) + k2a (1 + BPND) y,   y = C_R (x) exp(-k2a t).
double least_rss(const simulated::Scan& scan, const SampledInput& input, double BPND, double most_R1) {
  const auto rss = [&](double k2a) {
    std::vector<double> y(input.size());
    input.convolve<double>(k2a, y);
    double xx = 0.0, xz = 0.0;
    std::vector<double> x(y.size()), z(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
      x[i] = input.value()[i] - k2a * y[i];
      z[i] = scan.target.activity[i] - k2a * (1.0 + BPND) * y[i];
      xx += x[i] * x[i];
      xz += x[i] * z[i];
    }
    const double R1 = std::min(xz / xx, most_R1);
    double sum = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += std::pow(z[i] - R1 * x[i], 2);
    return sum;
  };
  double best = 0.005;
  double step = 1.1;
  for (int i = 0; i < 4000 && step > 1.0 + 1e-12; ++i) {
    if (rss(best * step) < rss(best))
      best *= step;
    else if (rss(best / step) < rss(best))
      best /= step;
    else
      step = std::sqrt(step);
  }
  return rss(best);
}

TEST_CASE("At the bounds of a profile the best fit is worse by t^2 s^2, no more and no less", "[intervals]") {
  const simulated::Scan scan = noisy_scan();
  const ReferenceRegion reference(scan.reference);
  Fit found = fit(srtm, scan.target, reference);
  add_intervals(srtm, scan.target, reference, {}, {.kind = IntervalKind::profile, .level = 0.9}, found);
  const double t = quantile(0.9, found.degrees_of_freedom);
  const double worse = 1.0 + t * t / found.degrees_of_freedom;
  CHECK(least_rss(scan, reference.input(), found["BPND"].value, 10.0) == Approx(found.weighted_rss));
  for (const double bound : {found["BPND"].lower, found["BPND"].upper})
    CHECK(least_rss(scan, reference.input(), bound, 10.0) / found.weighted_rss == Approx(worse).epsilon(4e-4));
  CHECK(found["BPND"].lower < found["BPND"].value);

  // Of a derived quantity: with k2a held the curve is linear in R1 and k2.
  for (const double k2a : {found["k2a"].lower, found["k2a"].upper}) {
    std::vector<double> y(frames.size()), x(frames.size());
    reference.input().convolve<double>(k2a, y);
    for (std::size_t i = 0; i < y.size(); ++i) x[i] = reference.input().value()[i] - k2a * y[i];
    const std::array columns = {x, y};
    const auto line = detail::weighted_least_squares(columns, scan.target.activity, std::vector<double>(y.size(), 1.0));
    CHECK(line.weighted_rss / found.weighted_rss == Approx(worse).epsilon(4e-4));
  }
}

TEST_CASE("A profile is followed along the bounds of other parameters", "[intervals]") {
  const simulated::Scan scan = noisy_scan();
  const ReferenceRegion reference(scan.reference);
  FitOptions options;
  options.bounds = {parse_bounds("R1=0.2:0.9:1.01")};  // the optimum lies at 1.05
  Fit found = fit(srtm, scan.target, reference, options);
  REQUIRE(found.status == FitStatus::at_bound);
  add_intervals(srtm, scan.target, reference, options, {.kind = IntervalKind::profile}, found);
  const double t = quantile(0.95, found.degrees_of_freedom);
  for (const double bound : {found["BPND"].lower, found["BPND"].upper})
    CHECK(least_rss(scan, reference.input(), bound, 1.01) / found.weighted_rss ==
          Approx(1.0 + t * t / found.degrees_of_freedom).epsilon(4e-4));
  // Nothing but the bound ends the interval of R1 itself.
  CHECK(std::isinf(found["R1"].upper));

  // Nor that of BPND where its bound lies anywhere short of the end.
  const double end = [&] {
    Fit free = fit(srtm, scan.target, reference);
    add_intervals(srtm, scan.target, reference, {}, {.kind = IntervalKind::profile}, free);
    return free["BPND"].upper - free["BPND"].value;
  }();
  const double best = fit(srtm, scan.target, reference)["BPND"].value;
  for (const double share : {0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97}) {
    CAPTURE(share);
    options.bounds = {{"BPND", -0.5, 1.0, best + share * end}};
    Fit bounded = fit(srtm, scan.target, reference, options);
    add_intervals(srtm, scan.target, reference, options, {.kind = IntervalKind::profile}, bounded);
    CHECK(std::isinf(bounded["BPND"].upper));
    CHECK(bounded.status == FitStatus::unidentifiable);
  }
}

TEST_CASE("The profile of a ratio of coefficients is Fieller's interval", "[intervals]") {
  const simulated::Scan scan = noisy_scan();
  const Plasma plasma(samples(), frames);
  FitOptions options;
  options.t_star_min = 40.0;
  Fit found = fit(ma1, scan.target, plasma, options);
  add_intervals(ma1, scan.target, plasma, options, {.kind = IntervalKind::profile}, found);
  // (g1 + v g2)^2 = t^2 (var g1 + 2 v cov + v^2 var g2), solved for v.
  const double g1 = found.parameters[0], g2 = found.parameters[1];
  const double v11 = found.covariance[0], v12 = found.covariance[1], v22 = found.covariance[3];
  const double t = quantile(0.95, found.degrees_of_freedom);
  const double a = g2 * g2 - t * t * v22;
  const double b = 2.0 * (g1 * g2 - t * t * v12);
  const double c = g1 * g1 - t * t * v11;
  REQUIRE(a > 0.0);
  const double root = std::sqrt(b * b - 4.0 * a * c);
  CHECK(found["VT"].lower == Approx((-b - root) / (2.0 * a)).epsilon(1e-3));
  CHECK(found["VT"].upper == Approx((-b + root) / (2.0 * a)).epsilon(1e-3));
  // A coefficient itself has the interval of its standard error.
  CHECK(found["b"].upper - found["b"].value == Approx(t * found["b"].standard_error).epsilon(3e-3));
}

TEST_CASE("A volume that the data do not bound has an interval without an end, a flag and a status", "[intervals]") {
  // Trapped tracer: k4 cannot be told from 0, VT has no upper bound.
  simulated::TwoTissueTruth truth;
  truth.k4 = 0.0;
  TimeActivityCurve target = simulated::two_tissue_target(truth, frames);
  for (std::size_t i = 0; i < target.activity.size(); ++i)
    target.activity[i] *= 1.0 + 0.03 * std::sin(5.0 * static_cast<double>(i) + 1.0);
  const Plasma plasma(samples(), frames);
  Fit found = fit(two_tissue, target, plasma);
  add_intervals(two_tissue, target, plasma, {}, {.kind = IntervalKind::profile}, found);
  CHECK(std::isinf(found["VT"].upper));
  CHECK(found.status == FitStatus::unidentifiable);
  CHECK(std::find(found.flags.begin(), found.flags.end(), "VT_unbounded") != found.flags.end());
  CHECK(std::isfinite(found["K1"].upper));
  // vB and delay were held: nothing to be uncertain about.
  CHECK(found["vB"].lower == 0.0);
  CHECK(found["vB"].upper == 0.0);
}

TEST_CASE("The bootstrap depends on its seed alone and is about as wide as the standard error says",
          "[intervals][lengthy]") {
  simulated::Scan scan = simulated::srtm_scan({}, frames);
  std::uint64_t state = 99;
  for (double& a : scan.target.activity) {
    double sum = -6.0;  // of twelve uniform numbers: nearly normal
    for (int i = 0; i < 12; ++i) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      sum += static_cast<double>(state >> 11) * 0x1.0p-53;
    }
    a += 0.1 * sum;
  }
  const ReferenceRegion reference(scan.reference);
  for (const Resampling resampling : {Resampling::residual, Resampling::wild}) {
    const IntervalOptions options{.kind = IntervalKind::bootstrap, .resampling = resampling, .samples = 1000};
    Fit one = fit(srtm, scan.target, reference);
    Fit two = one;
    add_intervals(srtm, scan.target, reference, {}, options, one);
    add_intervals(srtm, scan.target, reference, {}, options, two);
    CHECK(one["BPND"].lower == two["BPND"].lower);
    CHECK(one["BPND"].upper == two["BPND"].upper);
    const double width = 2.0 * 1.96 * one["BPND"].standard_error;
    CHECK(one["BPND"].upper - one["BPND"].lower == Approx(width).epsilon(0.25));
    IntervalOptions other = options;
    other.seed = 2;
    add_intervals(srtm, scan.target, reference, {}, other, two);
    CHECK(one["BPND"].lower != two["BPND"].lower);
  }
}

TEST_CASE("Intervals and resamplings that are not there are usage errors that list what is", "[intervals]") {
  CHECK_THROWS_WITH(interval_kind("likelihood"), Catch::Contains("se, profile, bootstrap"));
  CHECK_THROWS_WITH(resampling("cooked"), Catch::Contains("residual, wild"));
  CHECK(name_of(interval_kind("profile")) == "profile");
  CHECK(name_of(resampling("wild")) == "wild");
}
