// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/noisy_reference.h"

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/mrtm.h"
#include "kinetic_models/registry.h"
#include "kinetic_models/simulation/normal_noise.h"
#include "kinetic_models/srtm.h"
#include "libpet/error.h"
#include "libpet/weights.h"
#include "tests/kinetic_models/midframe_srtm.h"
#include "tests/kinetic_models/simulated_scan.h"
#include "tests/kinetic_models/weighted_noise.h"

using namespace pet;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

const Frames frames = simulated::cimbi36_frames();
const std::vector<double> weights = frame_weights(WeightScheme::decay, frames, 20.364, {});

ReferenceNoise known_noise(double sigma) {
  ReferenceNoise noise{{}, 1000};
  for (const double w : weights) noise.standard_deviation.push_back(sigma / std::sqrt(w));
  return noise;
}

FitOptions weighted() {
  FitOptions options;
  options.weights = weights;
  return options;
}

// The sum of squares over target and reference for SRTM at mid-frame, least over the true reference values, which come
// from their normal equations.
double least_sum(const TimeActivityCurve& target,
                 const TimeActivityCurve& reference,
                 const VectorXd& p,
                 double sigma,
                 double reference_sigma) {
  const auto n = static_cast<Eigen::Index>(frames.size());
  const MatrixXd A = simulated::midframe_srtm(frames, p[0], p[1], p[2]);
  MatrixXd design(2 * n, n);
  VectorXd data(2 * n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double w = weights[static_cast<std::size_t>(i)];
    design.row(i) = A.row(i) * std::sqrt(w) / sigma;
    data[i] = target.activity[static_cast<std::size_t>(i)] * std::sqrt(w) / sigma;
    design.row(n + i) = VectorXd::Unit(n, i).transpose() * std::sqrt(w) / reference_sigma;
    data[n + i] = reference.activity[static_cast<std::size_t>(i)] * std::sqrt(w) / reference_sigma;
  }
  const VectorXd truth = (design.transpose() * design).ldlt().solve(design.transpose() * data);
  return (data - design * truth).squaredNorm();
}

}  // namespace

TEST_CASE("The likelihood of both curves without noise in the reference is an ordinary fit", "[reference-noise]") {
  simulated::Scan scan = simulated::srtm_scan({}, frames);
  simulated::add_noise(scan.target, weights, 0.3, NormalNoise(1, {0}));
  const ReferenceRegion reference(scan.reference);
  const Fit ordinary = fit(srtm, scan.target, reference, weighted());
  const Fit both = fit_noisy_reference(srtm, scan.target, reference, weighted(), known_noise(0.0));
  CHECK(both.status == FitStatus::ok);
  CHECK(both.weighted_rss == Approx(ordinary.weighted_rss).epsilon(1e-9));
  for (std::size_t q = 0; q < ordinary.estimates.size(); ++q) {
    CAPTURE(ordinary.estimates[q].symbol);
    CHECK(both.estimates[q].value == Approx(ordinary.estimates[q].value).epsilon(1e-5));
    CHECK(both.estimates[q].standard_error == Approx(ordinary.estimates[q].standard_error).epsilon(1e-3));
  }
}

TEST_CASE("Estimates and profile of the likelihood of both curves are those over explicit true values",
          "[reference-noise][lengthy]") {
  simulated::Scan scan = simulated::srtm_scan({}, frames, false);
  simulated::add_noise(scan.target, weights, 0.3, NormalNoise(2, {0}));
  simulated::add_noise(scan.reference, weights, 0.3, NormalNoise(2, {1}));
  const ReferenceRegion reference(scan.reference, Sampling::midframe);
  const IntervalOptions profile{.kind = IntervalKind::profile};
  const Fit both = fit_noisy_reference(srtm, scan.target, reference, weighted(), known_noise(0.3), profile);
  REQUIRE(both.status == FitStatus::ok);
  const auto sum = [&](double sigma) {
    return [&, sigma](const VectorXd& p) { return least_sum(scan.target, scan.reference, p, sigma, 0.3); };
  };
  VectorXd p(3);
  p << both["R1"].value, both["k2"].value, both["BPND"].value;
  // The target's noise is what makes the sum as large as its degrees of freedom.
  const double freedom = static_cast<double>(frames.size()) - 3.0;
  double low = 0.1, high = 1.0;
  for (int i = 0; i < 50; ++i) (sum(std::sqrt(low * high))(p) > freedom ? low : high) = std::sqrt(low * high);
  VectorXd best = p;
  const double least = simulated::minimum(sum(low), best, 3);
  CHECK(best[0] == Approx(p[0]).epsilon(1e-4));
  CHECK(best[1] == Approx(p[1]).epsilon(1e-4));
  CHECK(best[2] == Approx(p[2]).epsilon(1e-4));
  CHECK(least == Approx(freedom).epsilon(1e-5));
  // Student's quantile for 1000 and 40 degrees of freedom lies between these.
  for (const double bound : {both["BPND"].lower, both["BPND"].upper}) {
    VectorXd constrained = p;
    constrained[2] = bound;
    const double distance = std::sqrt(simulated::minimum(sum(low), constrained, 2) - least);
    CHECK(distance > 1.96);
    CHECK(distance < 2.03);
  }
}

TEST_CASE("Errors of the likelihood of both curves are as large as it says, those of an ordinary fit larger",
          "[reference-noise][lengthy]") {
  constexpr int repeats = 150;
  const simulated::SrtmTruth truth;
  const simulated::Scan exact = simulated::srtm_scan(truth, frames);
  double squares = 0.0;
  double ordinary_squares = 0.0;
  for (std::uint64_t seed = 1; seed <= repeats; ++seed) {
    simulated::Scan scan = exact;
    simulated::add_noise(scan.target, weights, 0.15, NormalNoise(seed, {0}));
    simulated::add_noise(scan.reference, weights, 0.3, NormalNoise(seed, {1}));
    const ReferenceRegion reference(scan.reference);
    const Fit both = fit_noisy_reference(srtm, scan.target, reference, weighted(), known_noise(0.3));
    const Fit ordinary = fit(srtm, scan.target, reference, weighted());
    squares += std::pow((both["BPND"].value - truth.BPND) / both["BPND"].standard_error, 2) / repeats;
    ordinary_squares += std::pow((ordinary["BPND"].value - truth.BPND) / ordinary["BPND"].standard_error, 2) / repeats;
  }
  // The standard error of the mean square is 0.12.
  CHECK(squares > 0.7);
  CHECK(squares < 1.3);
  CHECK(ordinary_squares > 1.5);
}

TEST_CASE("The noise of a reference curve is found from its scatter, whatever its kinetics", "[reference-noise]") {
  for (const double k2 : {0.03, 0.06, 0.12}) {
    CAPTURE(k2);
    const simulated::Scan exact = simulated::srtm_scan({.k2_reference = k2}, frames);
    double variance = 0.0;
    constexpr int repeats = 200;
    for (std::uint64_t seed = 1; seed <= repeats; ++seed) {
      TimeActivityCurve noisy = exact.reference;
      simulated::add_noise(noisy, weights, 0.3, NormalNoise(seed, {2}));
      const ReferenceNoise noise = estimate_reference_noise(noisy, weights);
      variance += std::pow(noise.standard_deviation[5], 2) * weights[5] / repeats;
    }
    CHECK(variance == Approx(0.09).epsilon(0.10));
  }
}

TEST_CASE("The likelihood of both curves is refused where there is none", "[reference-noise]") {
  const simulated::Scan scan = simulated::srtm_scan({}, frames);
  const ReferenceRegion reference(scan.reference);
  const auto refused = [&](const Model& model, const FitOptions& options, std::optional<IntervalOptions> intervals) {
    CHECK_THROWS_AS(fit_noisy_reference(model, scan.target, reference, options, known_noise(0.1), intervals),
                    UsageError);
  };
  refused(mrtm, {}, {});
  refused(find_model("2tcm"), {}, {});
  FitOptions robust;
  robust.loss = Loss::huber;
  refused(srtm, robust, {});
  refused(srtm, {}, IntervalOptions{.kind = IntervalKind::bootstrap});
  simulated::Scan noisy = scan;
  simulated::add_noise(noisy.target, weights, 0.2, NormalNoise(1, {0}));
  CHECK_THROWS_AS(fit_noisy_reference(srtm, noisy.target, reference, {}, known_noise(0.1),
                                      IntervalOptions{.kind = IntervalKind::profile, .level = 1.5}),
                  UsageError);
}

TEST_CASE("A weak target is flagged with a noisy reference as without", "[reference-noise]") {
  simulated::Scan scan = simulated::srtm_scan({.BPND = 0.2}, frames);
  simulated::add_noise(scan.target, weights, 0.05, NormalNoise(1, {0}));
  const ReferenceRegion reference(scan.reference);
  const std::vector<std::string> low = {"low_binding"};
  CHECK(fit(srtm, scan.target, reference, weighted()).flags == low);
  const Fit both = fit_noisy_reference(srtm, scan.target, reference, weighted(), known_noise(0.05));
  CHECK(both.flags == low);
  CHECK(std::isnan(both.aicc));
}

TEST_CASE("A target that is the reference, or zeros, is what an ordinary fit says of it", "[reference-noise]") {
  const simulated::Scan scan = simulated::srtm_scan({}, frames);
  const ReferenceRegion reference(scan.reference);
  const Fit same = fit_noisy_reference(srtm, scan.reference, reference, {}, known_noise(0.1));
  CHECK(same.flags == std::vector<std::string>{"target_is_reference"});
  const TimeActivityCurve zeros{frames, std::vector<double>(frames.size(), 0.0)};
  CHECK(fit_noisy_reference(srtm, zeros, reference, {}, known_noise(0.1)).status == FitStatus::failed);
}
