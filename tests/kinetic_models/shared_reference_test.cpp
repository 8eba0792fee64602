// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/shared_reference.h"

#include <algorithm>
#include <boost/math/distributions/chi_squared.hpp>
#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/noisy_reference.h"
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
constexpr double of_reference = 0.3;

struct Study {
  TimeActivityCurve exact;
  TimeActivityCurve reference;
  std::vector<RegionData> regions;
};

constexpr double true_BPND[] = {1.2, 0.6, 2.0};

// Three regions of a scan without noise.
Study exact_study(bool average, const Frames& of_frames = frames) {
  Study study;
  for (const auto& [R1, BPND] : {std::pair{1.05, true_BPND[0]}, {0.9, true_BPND[1]}, {1.1, true_BPND[2]}}) {
    simulated::Scan scan = simulated::srtm_scan({.R1 = R1, .BPND = BPND}, of_frames, average);
    study.exact = study.reference = scan.reference;
    study.regions.push_back({scan.target, {}});
    study.regions.back().options.weights = frame_weights(WeightScheme::decay, of_frames, 20.364, {});
  }
  return study;
}

// Every curve with noise.
Study with_noise(Study study, std::uint64_t seed) {
  NormalNoise normal(seed, {7});
  for (RegionData& region : study.regions) simulated::add_noise(region.target, region.options.weights, 0.2, normal);
  simulated::add_noise(study.reference, study.regions[0].options.weights, of_reference, normal);
  return study;
}

Study study(std::uint64_t seed, bool average = false) {
  return with_noise(exact_study(average), seed);
}

ReferenceNoise known_noise(const std::vector<double>& of_weights = weights) {
  ReferenceNoise noise{{}, 1000};
  for (const double w : of_weights) noise.standard_deviation.push_back(of_reference / std::sqrt(w));
  return noise;
}

// The sum of squares over all curves, least over the true reference values; parameters R1, k2, BPND of each region.
double least_sum(const Study& study, const VectorXd& p, const std::vector<double>& sigma) {
  const auto n = static_cast<Eigen::Index>(frames.size());
  const auto count = static_cast<Eigen::Index>(study.regions.size());
  MatrixXd design((count + 1) * n, n);
  VectorXd data((count + 1) * n);
  for (Eigen::Index q = 0; q <= count; ++q) {
    const auto which = static_cast<std::size_t>(q);
    const bool is_target = q < count;
    const MatrixXd A = is_target ? simulated::midframe_srtm(frames, p[3 * q], p[3 * q + 1], p[3 * q + 2])
                                 : MatrixXd::Identity(n, n).eval();
    const TimeActivityCurve& curve = is_target ? study.regions[which].target : study.reference;
    for (Eigen::Index i = 0; i < n; ++i) {
      const auto frame = static_cast<std::size_t>(i);
      const double size = std::sqrt(weights[frame]) / (is_target ? sigma[which] : of_reference);
      design.row(q * n + i) = size * A.row(i);
      data[q * n + i] = size * curve.activity[frame];
    }
  }
  const VectorXd truth = (design.transpose() * design).ldlt().solve(design.transpose() * data);
  return (data - design * truth).squaredNorm();
}

}  // namespace

TEST_CASE("One region with its reference is fitted as by the likelihood of both curves", "[reference-noise]") {
  Study one = study(1, true);
  one.regions.resize(1);
  const ReferenceRegion reference(one.reference);
  const IntervalOptions profile{.kind = IntervalKind::profile};
  const SharedReferenceFit shared = fit_shared_reference(srtm, one.regions, reference, known_noise(), profile);
  const Fit both =
      fit_noisy_reference(srtm, one.regions[0].target, reference, one.regions[0].options, known_noise(), profile);
  REQUIRE(shared.converged);
  CHECK(shared.fits[0].status == FitStatus::ok);
  CHECK(shared.fits[0]["BPND"].value == Approx(both["BPND"].value).epsilon(1e-9));
  CHECK(shared.fits[0]["BPND"].lower == Approx(both["BPND"].lower).epsilon(1e-9));
  CHECK(shared.fits[0]["BPND"].upper == Approx(both["BPND"].upper).epsilon(1e-9));
}

TEST_CASE("Estimates and profiles with one reference are those over its explicit true values",
          "[reference-noise][lengthy]") {
  const Study three = study(2);
  const ReferenceRegion reference(three.reference, Sampling::midframe);
  const SharedReferenceFit found = fit_shared_reference(srtm, three.regions, reference, known_noise(),
                                                        IntervalOptions{.kind = IntervalKind::profile});
  REQUIRE(found.converged);
  VectorXd p(9);
  for (Eigen::Index q = 0; q < 3; ++q) {
    const Fit& fit = found.fits[static_cast<std::size_t>(q)];
    p.segment(3 * q, 3) << fit["R1"].value, fit["k2"].value, fit["BPND"].value;
    CHECK(found.target_noise[static_cast<std::size_t>(q)] == Approx(0.2).epsilon(0.4));
  }
  const auto sum = [&](const VectorXd& at) { return least_sum(three, at, found.target_noise); };
  VectorXd best = p;
  const double least = simulated::minimum(sum, best, 9);
  for (Eigen::Index k = 0; k < 9; ++k) CHECK(best[k] == Approx(p[k]).epsilon(2e-4));
  // The last parameter is BPND of the last region. Student's quantile for 42 to 1000 degrees of freedom is 1.96
  // to 2.02. The other regions are taken for linear at the optimum, which makes the interval a few percent narrower.
  for (const double bound : {found.fits[2]["BPND"].lower, found.fits[2]["BPND"].upper}) {
    VectorXd constrained = p;
    constrained[8] = bound;
    const double distance = std::sqrt(simulated::minimum(sum, constrained, 8) - least);
    CHECK(distance > 1.96 * 0.96);
    CHECK(distance < 2.02);
  }
}

TEST_CASE("Regions tell where the reference errs, and its standard error is what is left",
          "[reference-noise][lengthy]") {
  constexpr int studies = 30;
  const Study exact = exact_study(true);
  double squares = 0.0, measured = 0.0, likely = 0.0;
  for (std::uint64_t seed = 1; seed <= studies; ++seed) {
    const Study three = with_noise(exact, seed);
    const SharedReferenceFit found =
        fit_shared_reference(srtm, three.regions, ReferenceRegion(three.reference), known_noise());
    REQUIRE(found.converged);
    for (std::size_t j = 0; j < frames.size(); ++j) {
      const double off = found.reference.activity[j] - three.exact.activity[j];
      squares += std::pow(off / found.reference_error[j], 2);
      likely += weights[j] * off * off;
      measured += weights[j] * std::pow(three.reference.activity[j] - three.exact.activity[j], 2);
    }
  }
  // The size of the targets' noise is estimated from the scan too: in 200 scans the mean square was 1.12.
  CHECK(squares / (studies * 45.0) == Approx(1.0).epsilon(0.2));
  CHECK(likely < 0.3 * measured);
}

TEST_CASE("With one reference errors of BPND are as large as their standard errors", "[reference-noise][lengthy]") {
  constexpr int studies = 130;
  const Study exact = exact_study(true, simulated::frames({{4, 15}, {4, 60}, {5, 180}, {10, 600}}));
  const ReferenceNoise noise = known_noise(exact.regions[0].options.weights);
  double mean_square = 0.0;
  for (std::uint64_t seed = 1; seed <= studies; ++seed) {
    const Study three = with_noise(exact, seed);
    const SharedReferenceFit found = fit_shared_reference(srtm, three.regions, ReferenceRegion(three.reference), noise);
    for (std::size_t q = 0; q < 3; ++q) {
      const Estimate& BPND = found.fits[q]["BPND"];
      mean_square += std::pow((BPND.value - true_BPND[q]) / BPND.standard_error, 2) / (3.0 * studies);
    }
  }
  // 99.9 % of chi square lie between these quantiles. The three of a scan share the reference: however they are
  // correlated, their mean square varies no more than that of one.
  const boost::math::chi_squared squares(studies);
  CHECK(mean_square > boost::math::quantile(squares, 0.0005) / studies);
  CHECK(mean_square < boost::math::quantile(squares, 0.9995) / studies);
}

TEST_CASE("A region that has no fit takes no part, the reference among them", "[reference-noise]") {
  Study three = study(3, true);
  const ReferenceRegion reference(three.reference);
  const SharedReferenceFit without = fit_shared_reference(srtm, three.regions, reference, known_noise());
  const TimeActivityCurve zeros{frames, std::vector<double>(frames.size(), 0.0)};
  three.regions.push_back({zeros, three.regions[0].options});
  three.regions.push_back({three.reference, three.regions[0].options});
  const SharedReferenceFit found = fit_shared_reference(srtm, three.regions, reference, known_noise(), {}, 1);
  for (std::size_t q = 0; q < 3; ++q) CHECK(found.fits[q]["BPND"].value == without.fits[q]["BPND"].value);
  CHECK(found.fits[3].status == FitStatus::failed);
  CHECK(found.fits[4].flags == std::vector<std::string>{"target_is_reference"});
  CHECK(std::isnan(found.target_noise[4]));
}

// SRTM that has no curve for strong binding once the reference has moved in more than one frame.
const TimeActivityCurve* measured_reference = nullptr;

void predict_weak_binding(std::span<const double> parameters,
                          const ScanInput& input,
                          std::span<double> predicted,
                          std::span<double> jacobian) {
  predict_srtm(parameters, input, predicted, jacobian);
  const TimeActivityCurve& reference = input.reference().tac();
  int moved = 0;
  for (std::size_t j = 0; j < frames.size(); ++j)
    moved += reference.activity[j] != measured_reference->activity[j] ? 1 : 0;
  if (parameters[2] > 3.0 && moved > 1) std::ranges::fill(predicted, std::nan(""));
}

TEST_CASE("A region whose fit fails as the reference moves is failed, and the others are as they are without it",
          "[reference-noise]") {
  Study scan = study(4, true);
  measured_reference = &scan.reference;
  Model weak_binding = srtm;
  weak_binding.predict = predict_weak_binding;
  const ReferenceRegion reference(scan.reference);
  const SharedReferenceFit without = fit_shared_reference(weak_binding, scan.regions, reference, known_noise());
  REQUIRE(without.converged);
  NormalNoise normal(4, {8});
  TimeActivityCurve strong = simulated::srtm_scan({.BPND = 4.0}, frames).target;
  simulated::add_noise(strong, weights, 0.2, normal);
  scan.regions.insert(scan.regions.begin() + 1, {strong, scan.regions[0].options});
  REQUIRE(fit(srtm, strong, reference, scan.regions[0].options).status == FitStatus::ok);
  const SharedReferenceFit found = fit_shared_reference(weak_binding, scan.regions, reference, known_noise());
  CHECK(found.converged);
  CHECK(found.fits[1].status == FitStatus::failed);
  CHECK(found.fits[1].flags == std::vector<std::string>{"optimiser_failed"});
  CHECK(std::isnan(found.target_noise[1]));
  for (const auto& [with, alone] : {std::pair{0, 0}, {2, 1}, {3, 2}}) {
    CAPTURE(alone);
    const Fit& with_it = found.fits[static_cast<std::size_t>(with)];
    const Fit& without_it = without.fits[static_cast<std::size_t>(alone)];
    CHECK(with_it.status == FitStatus::ok);
    for (const char* symbol : {"R1", "k2", "BPND"}) {
      CHECK(with_it[symbol].value == Approx(without_it[symbol].value).epsilon(1e-5));
      CHECK(with_it[symbol].standard_error == Approx(without_it[symbol].standard_error).epsilon(1e-4));
    }
  }
  // Turns end where the reference moves by less than 1e-4 of a standard deviation.
  for (std::size_t j = 0; j < frames.size(); ++j)
    CHECK(std::abs(found.reference.activity[j] - without.reference.activity[j]) < 1e-3 * without.reference_error[j]);
}

TEST_CASE("One reference is refused where there is no likelihood of its noise", "[reference-noise]") {
  const Study three = study(1, true);
  const ReferenceRegion reference(three.reference);
  CHECK_THROWS_AS(fit_shared_reference(srtm, {}, reference, known_noise()), UsageError);
  CHECK_THROWS_AS(fit_shared_reference(find_model("mrtm"), three.regions, reference, known_noise()), UsageError);
  CHECK_THROWS_AS(fit_shared_reference(srtm, three.regions, reference, known_noise(),
                                       IntervalOptions{.kind = IntervalKind::bootstrap}),
                  UsageError);
}
