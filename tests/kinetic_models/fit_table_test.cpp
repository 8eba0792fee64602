// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/fit_table.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

#include "kinetic_models/registry.h"
#include "libpet/error.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

constexpr simulated::SrtmTruth high{.R1 = 1.0, .BPND = 1.6};
constexpr simulated::SrtmTruth middle{.R1 = 1.05, .BPND = 0.9};

// Reference, a region of high and one of middle binding on the frames of a [11C]Cimbi-36 scan, without noise.
TacTable exact_table() {
  const simulated::Scan first = simulated::srtm_scan(high, simulated::cimbi36_frames());
  const simulated::Scan second = simulated::srtm_scan(middle, simulated::cimbi36_frames());
  TacTable table;
  table.frames = first.reference.frames;
  table.regions = {"reference", "high", "middle"};
  table.activity = {first.reference.activity, first.target.activity, second.target.activity};
  table.unit = ActivityUnit::kBq_per_mL;
  return table;
}

TableFitOptions with_k2prime_of(std::string region) {
  TableFitOptions options;
  options.k2prime_region = std::move(region);
  options.weights = WeightScheme::duration;
  return options;
}

void add_noise(std::vector<double>& activity, const Frames& frames, double size, std::mt19937_64& generator) {
  std::normal_distribution<double> normal;
  for (std::size_t i = 0; i < activity.size(); ++i)
    activity[i] += size / std::sqrt(frames[i].duration_min()) * normal(generator);
}

}  // namespace

TEST_CASE("k2prime of a region is the reference's efflux rate", "[fit_table]") {
  const TacTable table = exact_table();
  for (const char* model : {"mrtm2", "srtm2"}) {
    const TableFit fits = fit_regions(find_model(model), table, 0, {}, with_k2prime_of("high"));
    CHECK(fits.k2prime.value() == Approx(high.k2_reference).epsilon(1e-4));
    CHECK(fits.fits[2]["BPND"].value == Approx(middle.BPND).epsilon(1e-4));
  }
}

TEST_CASE("Intervals of models with an estimated k2prime hold the truth, because its error is carried",
          "[fit_table][lengthy]") {
  // Noise in both targets and none in the reference; weights are the inverse variances. 95 % intervals hold the truth
  // in 95 +- 3 % (two standard errors of 250 repeats).
  const TacTable exact = exact_table();
  for (const char* model : {"mrtm2", "srtm2"}) {
    std::mt19937_64 generator(42);
    constexpr int repeats = 250;
    int held = 0;
    int held_without = 0;
    for (int r = 0; r < repeats; ++r) {
      TacTable table = exact;
      for (const std::size_t region : {1u, 2u}) add_noise(table.activity[region], table.frames, 0.15, generator);
      const TableFit fits = fit_regions(find_model(model), table, 0, {2}, with_k2prime_of("high"));
      TableFitOptions fixed = with_k2prime_of("");
      fixed.fit.k2prime = fits.k2prime;
      const TableFit conditional = fit_regions(find_model(model), table, 0, {2}, fixed);
      const auto holds = [&](const Fit& fit) {
        const Estimate& BPND = fit["BPND"];
        return std::abs(BPND.value - middle.BPND) <=
               interval_factor(0.95, fit.degrees_of_freedom) * BPND.standard_error;
      };
      held += holds(fits.fits[0]) ? 1 : 0;
      held_without += holds(conditional.fits[0]) ? 1 : 0;
    }
    INFO(model << ": " << held << " of " << repeats << ", with k2prime taken as exact " << held_without);
    CHECK(held >= 0.92 * repeats);
    CHECK(held <= 0.98 * repeats);
    CHECK(held_without < held);
  }
}

TEST_CASE("k2prime of a region whose fit is not ok is refused with its status", "[fit_table]") {
  TacTable table = exact_table();
  for (std::size_t i = 0; i < table.frames.size(); ++i)
    table.activity[1][i] = table.frames[i].mid_min();  // rises for ever
  CHECK_THROWS_AS(fit_regions(find_model("srtm2"), table, 0, {}, with_k2prime_of("high")), InputError);
  CHECK_THROWS_WITH(fit_regions(find_model("mrtm2"), table, 0, {}, with_k2prime_of("reference")),
                    Catch::Contains("unidentifiable"));
}

TEST_CASE("Estimates that no tissue can have are not passed off as ok", "[fit_table]") {
  // A curve that falls faster than any washout of the model, then grows: the apparent efflux rate comes out negative.
  TacTable table = exact_table();
  for (std::size_t i = 0; i < table.frames.size(); ++i)
    table.activity[1][i] = std::exp(0.05 * table.frames[i].mid_min());
  TableFitOptions options;
  const Fit fit = fit_regions(find_model("mrtm"), table, 0, {1}, options).fits[0];
  CHECK(fit["k2a"].value <= 0.0);
  CHECK(fit.status == FitStatus::unidentifiable);
  CHECK(std::find(fit.flags.begin(), fit.flags.end(), "not_physical") != fit.flags.end());
}

TEST_CASE("A plasma curve that starts late or ends early is refused, one that ends a little early is flagged",
          "[fit_table]") {
  const TacTable table = exact_table();
  TableFitOptions options;
  options.fit.t_star_min = 30.0;
  const auto input_until = [](double start, double end) {
    InputFunction input;
    for (double t = start; t <= end + 1e-9; t += 0.1) {
      input.time_min.push_back(t);
      input.parent_plasma.push_back(simulated::plasma(t));
    }
    return input;
  };
  const auto run = [&](const InputFunction& input) {
    return fit_regions(find_model("logan"), table, input, {1}, options).fits[0];
  };
  CHECK(run(input_until(0.0, 120.0)).flags.empty());
  CHECK(run(input_until(0.0, 117.0)).flags == std::vector<std::string>{"plasma_held"});
  CHECK_THROWS_WITH(run(input_until(0.0, 60.0)), Catch::Contains("60.0"));
  CHECK_THROWS_WITH(run(input_until(5.0, 120.0)), Catch::Contains("first sample"));
  options.fit.t_end_min = 59.0;
  CHECK(run(input_until(0.0, 60.0)).flags.empty());
}

TEST_CASE("Several models each get the options that they take", "[fit_table]") {
  TableFitOptions all = with_k2prime_of("high");
  all.fit.t_star_min = 30.0;
  all.fit.bounds = {parse_bounds("k2=0.001:0.1:1")};
  const TableFitOptions of_srtm = options_taken(find_model("srtm"), all);
  CHECK(of_srtm.k2prime_region.empty());
  CHECK_FALSE(of_srtm.fit.t_star_min);
  CHECK(of_srtm.fit.bounds.size() == 1);
  const TableFitOptions of_mrtm2 = options_taken(find_model("mrtm2"), all);
  CHECK(of_mrtm2.k2prime_region == "high");
  CHECK(of_mrtm2.fit.t_star_min == 30.0);
  CHECK(of_mrtm2.fit.bounds.empty());
}

TEST_CASE("The result does not depend on the number of threads", "[fit_table]") {
  TacTable table = exact_table();
  std::mt19937_64 generator(3);
  for (const std::size_t region : {1u, 2u}) add_noise(table.activity[region], table.frames, 0.3, generator);
  TableFitOptions options = with_k2prime_of("high");
  std::vector<double> values;
  for (const unsigned threads : {1u, 2u, 4u}) {
    options.threads = threads;
    const TableFit fits = fit_regions(find_model("srtm2"), table, 0, {}, options);
    if (values.empty())
      for (const Fit& fit : fits.fits) values.push_back(fit["BPND"].value);
    for (std::size_t i = 0; i < fits.fits.size(); ++i) CHECK(fits.fits[i]["BPND"].value == values[i]);
  }
}
