// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/shared_fit.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "kinetic_models/fit_table.h"
#include "kinetic_models/registry.h"
#include "libpet/error.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

const Frames frames = simulated::cimbi36_frames();

// Four regions of one scan: reference and targets of BPND 0.3 to 1.8 with the same k2prime.
TacTable reference_table() {
  TacTable table;
  table.frames = frames;
  table.regions = {"reference"};
  table.unit = ActivityUnit::kBq_per_mL;
  table.activity = {simulated::srtm_scan({}, frames).reference.activity};
  for (const double BPND : {0.3, 0.9, 1.8}) {
    table.regions.push_back("target" + std::to_string(table.regions.size()));
    table.activity.push_back(simulated::srtm_scan({.R1 = 0.9 + 0.1 * BPND, .BPND = BPND}, frames).target.activity);
  }
  return table;
}

void add_noise(TacTable& table, double size, std::mt19937_64& generator) {
  std::normal_distribution<double> normal;
  for (std::size_t r = 1; r < table.activity.size(); ++r)
    for (std::size_t f = 0; f < frames.size(); ++f)
      table.activity[r][f] += size / std::sqrt(frames[f].duration_min()) * normal(generator);
}

TableFitOptions shared_k2prime() {
  TableFitOptions options;
  options.weights = WeightScheme::duration;
  options.shared = {"k2prime"};
  return options;
}

InputFunction samples() {
  InputFunction input;
  for (int i = 0; i <= 5000; ++i) {
    const double t = i <= 2500 ? 0.0025 * i : 6.25 + 0.0455 * (i - 2500);
    input.time_min.push_back(t);
    input.parent_plasma.push_back(simulated::plasma(t));
    input.whole_blood.push_back(simulated::plasma(t));
  }
  return input;
}

// Two-tissue regions with VND = 8 and BPND from 0.2 to 2.
TacTable plasma_table() {
  TacTable table;
  table.frames = frames;
  table.unit = ActivityUnit::kBq_per_mL;
  for (const double BPND : {0.2, 0.7, 1.3, 2.0}) {
    const double K1 = 0.25 + 0.05 * BPND;
    table.regions.push_back("region" + std::to_string(table.regions.size()));
    table.activity.push_back(
        simulated::two_tissue_target({.K1 = K1, .k2 = K1 / 8.0, .k3 = BPND * 0.06, .k4 = 0.06, .vB = 0.04}, frames)
            .activity);
  }
  return table;
}

}  // namespace

TEST_CASE("A shared k2prime of exact curves is the reference's efflux rate, and every BPND is right", "[shared]") {
  const TableFit result = fit_regions(find_model("srtm2"), reference_table(), 0, {}, shared_k2prime());
  REQUIRE(result.shared.size() == 1);
  CHECK(result.shared[0].value == Approx(simulated::SrtmTruth{}.k2_reference).epsilon(1e-4));
  CHECK(1.0 + result.fits[1]["BPND"].value == Approx(1.3).epsilon(1e-4));
  CHECK(1.0 + result.fits[3]["BPND"].value == Approx(2.8).epsilon(1e-4));
  CHECK(result.fits[0].flags == std::vector<std::string>{"target_is_reference"});
}

TEST_CASE("A shared k2prime is where the sum over regions of RSS over variance is least", "[shared]") {
  TacTable table = reference_table();
  std::mt19937_64 generator(5);
  add_noise(table, 0.15, generator);
  const TableFit result = fit_regions(find_model("srtm2"), table, 0, {1, 2, 3}, shared_k2prime());
  // The sum for a held k2prime, by fits that know nothing of sharing; variances are those of srtm.
  TableFitOptions alone;
  alone.weights = WeightScheme::duration;
  const TableFit free = fit_regions(find_model("srtm"), table, 0, {1, 2, 3}, alone);
  const auto sum = [&](double k2prime) {
    TableFitOptions held = alone;
    held.fit.k2prime = k2prime;
    const TableFit fits = fit_regions(find_model("srtm2"), table, 0, {1, 2, 3}, held);
    double total = 0.0;
    for (std::size_t r = 0; r < 3; ++r)
      total += fits.fits[r].weighted_rss / (free.fits[r].weighted_rss / free.fits[r].degrees_of_freedom);
    return total;
  };
  const SharedParameter& k2prime = result.shared[0];
  const double best = sum(k2prime.value);
  CHECK(sum(k2prime.value * 1.01) > best);
  CHECK(sum(k2prime.value * 0.99) > best);
  // The curvature of that sum is the standard error, and the profile interval its rise.
  const int freedom = static_cast<int>(3 * frames.size()) - 7;
  const double variance = best / freedom;
  const double h = 0.3 * k2prime.standard_error;
  const double curvature = (sum(k2prime.value + h) - 2.0 * best + sum(k2prime.value - h)) / (h * h);
  CHECK(k2prime.standard_error == Approx(std::sqrt(2.0 * variance / curvature)).epsilon(0.02));
  const double t = interval_factor(0.95, freedom);
  CHECK(sum(k2prime.upper) - best == Approx(t * t * variance).epsilon(0.01));
  CHECK(sum(k2prime.lower) - best == Approx(t * t * variance).epsilon(0.01));
}

TEST_CASE("Standard errors of shared fits carry the error of what is shared", "[shared]") {
  const TacTable exact = reference_table();
  std::mt19937_64 generator(17);
  constexpr int repeats = 250;
  double sum[2] = {}, squares[2] = {}, errors[2] = {};
  for (int r = 0; r < repeats; ++r) {
    TacTable table = exact;
    add_noise(table, 0.15, generator);
    const TableFit result = fit_regions(find_model("srtm2"), table, 0, {1, 2, 3}, shared_k2prime());
    const double values[] = {result.fits[1]["BPND"].value, result.shared[0].value};
    const double se[] = {result.fits[1]["BPND"].standard_error, result.shared[0].standard_error};
    for (int i = 0; i < 2; ++i) {
      sum[i] += values[i];
      squares[i] += values[i] * values[i];
      errors[i] += se[i] * se[i];
    }
  }
  for (int i = 0; i < 2; ++i) {
    const double variance = (squares[i] - sum[i] * sum[i] / repeats) / (repeats - 1);
    CHECK(errors[i] / repeats == Approx(variance).epsilon(0.25));  // 9 % standard error of the variance
  }
}

TEST_CASE("SIME finds the VND that exact two-tissue regions share, and their BPND", "[shared]") {
  TableFitOptions options;
  options.weights = WeightScheme::duration;
  const TableFit result = fit_regions(find_model("sime"), plasma_table(), samples(), {}, options);
  REQUIRE(result.shared.size() == 1);
  CHECK(result.shared[0].symbol == "VND");
  CHECK(result.shared[0].value == Approx(8.0).epsilon(2e-4));
  CHECK(result.fits[0]["BPND"].value == Approx(0.2).margin(1e-3));
  CHECK(result.fits[3]["VT"].value == Approx(24.0).epsilon(1e-4));
  CHECK(result.fits[1]["vB"].value == Approx(0.04).epsilon(1e-2));
}

TEST_CASE("A delay and a blood volume can be shared by the regions of a scan", "[shared]") {
  TacTable table;
  table.frames = frames;
  table.unit = ActivityUnit::kBq_per_mL;
  for (const double K1 : {0.2, 0.3, 0.4}) {
    table.regions.push_back("region" + std::to_string(table.regions.size()));
    table.activity.push_back(
        simulated::two_tissue_target({.K1 = K1, .k2 = K1 / 6.0, .k3 = 0.0, .k4 = 0.0, .vB = 0.05, .delay_min = 0.15},
                                     frames)
            .activity);
  }
  TableFitOptions options;
  options.weights = WeightScheme::duration;
  options.shared = {"delay", "vB"};
  const TableFit result = fit_regions(find_model("1tcm"), table, samples(), {}, options);
  CHECK(result.shared[0].value == Approx(0.15).epsilon(1e-3));
  CHECK(result.shared[1].value == Approx(0.05).epsilon(1e-3));
  CHECK(result.fits[2]["VT"].value == Approx(6.0).epsilon(1e-4));
  // Estimated once from the early frames of the mean curve.
  CHECK(estimate_delay(table, samples(), {0, 1, 2}, {}).value == Approx(0.15).margin(5e-3));
}

TEST_CASE("A shared parameter at its bound is as good as held for the errors of all others", "[shared]") {
  // Less than no blood in the curves: the shared vB ends at 0.
  TacTable table = plasma_table();
  for (std::size_t r = 0; r < table.activity.size(); ++r) {
    const double K1 = 0.2 + 0.1 * static_cast<double>(r);
    table.activity[r] =
        simulated::two_tissue_target({.K1 = K1, .k2 = K1 / 8.0, .k3 = 0.0, .k4 = 0.0, .vB = -0.03}, frames).activity;
    for (std::size_t f = 0; f < frames.size(); ++f) {
      table.activity[r][f] *= 1.0 + 0.01 * std::sin(9.0 * static_cast<double>(f) + static_cast<double>(r));
    }
  }
  TableFitOptions options;
  options.weights = WeightScheme::duration;
  options.shared = {"vB", "delay"};
  const TableFit shared = fit_regions(find_model("1tcm"), table, samples(), {}, options);
  REQUIRE(shared.shared[0].value == Approx(0.0).margin(1e-6));
  CHECK(std::isnan(shared.shared[0].standard_error));
  options.shared = {"delay"};
  options.fit.vB.value = 0.0;
  const TableFit held = fit_regions(find_model("1tcm"), table, samples(), {}, options);
  CHECK(shared.shared[1].standard_error == Approx(held.shared[0].standard_error).epsilon(0.02));
  CHECK(shared.fits[1]["VT"].standard_error == Approx(held.fits[1]["VT"].standard_error).epsilon(0.02));
}

TEST_CASE("Shared fits give the same numbers whatever the number of threads", "[shared]") {
  TacTable table = reference_table();
  std::mt19937_64 generator(5);
  add_noise(table, 0.15, generator);
  TableFitOptions one = shared_k2prime();
  one.threads = 1;
  TableFitOptions two = one;
  two.threads = 2;
  const TableFit a = fit_regions(find_model("srtm2"), table, 0, {}, one);
  const TableFit b = fit_regions(find_model("srtm2"), table, 0, {}, two);
  CHECK(a.shared[0].value == b.shared[0].value);
  CHECK(a.fits[2]["BPND"].value == b.fits[2]["BPND"].value);
}

TEST_CASE("A region of zeros stays failed and does not spoil what the others share", "[shared]") {
  TacTable table = reference_table();
  table.regions.push_back("empty");
  table.activity.emplace_back(frames.size(), 0.0);
  const TableFit result = fit_regions(find_model("srtm2"), table, 0, {}, shared_k2prime());
  CHECK(result.fits.back().status == FitStatus::failed);
  CHECK(result.shared[0].value == Approx(simulated::SrtmTruth{}.k2_reference).epsilon(1e-4));
}

TEST_CASE("Sharing what a model lacks, or with a linear one, is a usage error", "[shared]") {
  TableFitOptions options = shared_k2prime();
  options.shared = {"k2prim"};
  CHECK_THROWS_WITH(fit_regions(find_model("srtm2"), reference_table(), 0, {}, options),
                    Catch::Contains("did you mean 'k2prime'"));
  options.shared = {"k2prime"};
  CHECK_THROWS_AS(fit_regions(find_model("mrtm"), reference_table(), 0, {}, options), UsageError);
  options.shared = {"k2prime", "k2prime"};
  CHECK_THROWS_WITH(fit_regions(find_model("srtm2"), reference_table(), 0, {}, options), Catch::Contains("twice"));
}
