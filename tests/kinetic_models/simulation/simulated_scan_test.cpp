// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/simulation/simulated_scan.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <numbers>

#include "kinetic_models/simulation/study_truth.h"
#include "libpet/error.h"

namespace {

pet::Study study() {
  pet::Study study;
  study.seed = 11;
  study.tracer.name = "[11C]X";
  study.tracer.half_life_min = 20.0;
  study.injected_activity_MBq = 400.0;
  study.blood.parent_plasma = {{500.0, 12.0, 3.5}, {-5.0, -0.25, -0.012}, 0.5};
  study.blood.sample_times_min = {0.0, 1.0, 10.0, 60.0};
  study.blood.sample_noise = 0.02;
  study.grid.size = {20, 20, 10};
  for (std::size_t d = 0; d < 3; ++d) {
    study.grid.origin_mm[d] = -0.5 * (study.grid.size[d] - 1) * 4.0;
    study.grid.axis_mm[d][d] = 4.0;
  }
  study.brain = {{{0, 0, 0}, {38, 38, 18}}};
  study.background = "rest";
  study.reference_region = "cerebellum";
  using enum pet::TissueModel;
  study.regions = {{"rest", 0, {one_tissue, 0.2, 6.0}, {}, {}},
                   {"cortex", 2, {two_tissue, 0.35, 8.0, 1.5, 0.06, 0.05}, {{{16, 0, 0}, {12, 20, 12}}}, {}},
                   {"cerebellum", 1, {one_tissue, 0.3, 8.0}, {{{-16, 0, 0}, {12, 20, 12}}}, {}}};
  study.frames = pet::Frames({{0.0, 0.4}, {1.0, 3.0}, {50.0, 60.0}});
  study.noise.alpha = 0.5;
  study.sessions = {{"baseline", "2026-01-31T10:00:00.000", {}, 0.0, 1.0, 1.0, 400.0},
                    {"drug", "2026-01-31T14:00:00.000", {}, 0.6, 1.0, 0.9, 200.0}};
  return study;
}

}  // namespace

TEST_CASE("The noise of a voxel is alpha sqrt(C exp(lambda t) / dt)") {
  const pet::Study s = study();
  const pet::Phantom phantom = pet::draw_phantom(s, "study");
  const pet::SimulatedSession simulated = pet::simulate_session(s, s.sessions[0]);
  const pet::DynamicImage image = pet::simulate_image(s, 0, simulated, phantom, 1);
  for (std::size_t region = 0; region < 3; ++region) {
    for (const std::size_t f : {std::size_t{1}, std::size_t{2}}) {
      double n = 0.0;
      double sum = 0.0;
      double square = 0.0;
      for (std::size_t v = 0; v < phantom.region.size(); ++v) {
        if (phantom.region[v] != static_cast<std::int16_t>(region)) continue;
        const double error = static_cast<double>(image.frame(f)[v]) - simulated.curves[region][f];
        n += 1.0;
        sum += error;
        square += error * error;
      }
      const double t = f == 1 ? 2.0 : 55.0;
      const double dt = f == 1 ? 2.0 : 10.0;
      const double sigma = 0.5 * std::sqrt(simulated.curves[region][f] * std::exp(std::numbers::ln2 / 20.0 * t) / dt);
      CHECK(n > 100.0);
      CHECK(std::abs(sum / n) < 4.5 * sigma / std::sqrt(n));
      CHECK(std::abs(square / n / (sigma * sigma) - 1.0) < 4.5 * std::sqrt(2.0 / n));
    }
  }
}

TEST_CASE("Outside the brain and before the tracer arrives the image is zero") {
  const pet::Study s = study();
  const pet::Phantom phantom = pet::draw_phantom(s, "study");
  const pet::DynamicImage image = pet::simulate_image(s, 0, pet::simulate_session(s, s.sessions[0]), phantom, 1);
  for (std::size_t v = 0; v < phantom.region.size(); ++v) {
    REQUIRE(image.frame(0)[v] == 0.0F);
    if (phantom.region[v] < 0) REQUIRE(image.frame(2)[v] == 0.0F);
  }
}

TEST_CASE("The noisy image is the same for any number of threads, and another with another seed or session") {
  pet::Study s = study();
  const pet::Phantom phantom = pet::draw_phantom(s, "study");
  const pet::SimulatedSession simulated = pet::simulate_session(s, s.sessions[0]);
  int frames_done = 0;
  const auto one = pet::simulate_image(s, 0, simulated, phantom, 1, [&] { ++frames_done; }).voxels;
  CHECK(frames_done == 3);
  CHECK(pet::simulate_image(s, 0, simulated, phantom, 5).voxels == one);
  CHECK(pet::simulate_image(s, 1, simulated, phantom, 1).voxels != one);
  s.seed = 12;
  CHECK(pet::simulate_image(s, 0, simulated, phantom, 1).voxels != one);
}

TEST_CASE("A coefficient of variation sets alpha so that the chosen region and frame have it") {
  pet::Study s = study();
  s.noise = {std::nullopt, 0.25, 2, "cortex"};
  const pet::SimulatedSession simulated = pet::simulate_session(s, s.sessions[0]);
  const double activity = simulated.curves[1][2];
  const double sigma = pet::noise_alpha(s) * std::sqrt(activity * std::exp(std::numbers::ln2 / 20.0 * 55.0) / 10.0);
  CHECK(sigma / activity == Approx(0.25).epsilon(1e-12));
  s.noise.frame = 0;
  CHECK_THROWS_AS(pet::noise_alpha(s), pet::InputError);
}

TEST_CASE("Half the injected activity halves blood and tissue") {
  pet::Study s = study();
  s.sessions[1].occupancy = 0.0;
  s.sessions[1].K1_factor = 1.0;
  const pet::SimulatedSession full = pet::simulate_session(s, s.sessions[0]);
  const pet::SimulatedSession half = pet::simulate_session(s, s.sessions[1]);
  for (std::size_t region = 0; region < 3; ++region)
    for (const std::size_t f : {1, 2}) CHECK(half.curves[region][f] == Approx(0.5 * full.curves[region][f]));
}

TEST_CASE("True curves are in order of their labels and carry the volumes of the phantom") {
  const pet::Study s = study();
  const pet::Phantom phantom = pet::draw_phantom(s, "study");
  const pet::SimulatedSession simulated = pet::simulate_session(s, s.sessions[1]);
  const pet::TacTable tacs = pet::true_tacs(s, s.sessions[1], simulated, phantom);
  CHECK(tacs.regions == std::vector<std::string>{"cerebellum", "cortex"});
  CHECK(tacs.activity[1] == simulated.curves[1]);
  CHECK(tacs.volume_mm3[1] == 64.0 * static_cast<double>(phantom.voxel_count(1)));
  CHECK(tacs.tracer.injected_activity_MBq == 200.0);
}

TEST_CASE("The truth of a two-tissue region satisfies VT = K1/k2 (1 + k3/k4) in every session") {
  const pet::Study s = study();
  const std::vector<pet::RegionTruth> truth = pet::study_truth(s);
  REQUIRE(truth.size() == 4);
  for (const pet::RegionTruth& row : truth) {
    if (row.model != "2tcm") continue;
    CHECK(row.VT == Approx(row.K1 / row.k2 * (1.0 + *row.k3 / *row.k4)));
    CHECK(row.BPND == Approx(*row.k3 / *row.k4));
  }
  CHECK(truth[0].session == "baseline");
  CHECK(truth[0].region == "cerebellum");
  CHECK(!truth[0].occupancy);
  CHECK(truth[1].occupancy == 0.0);
  CHECK(truth[3].occupancy == 0.6);
  CHECK(truth[3].BPND == Approx(0.4 * truth[1].BPND));
  CHECK(truth[3].VND == truth[1].VND);
  CHECK(truth[3].K1 == Approx(0.9 * truth[1].K1));
  CHECK(truth[3].R1 == Approx(0.35 / 0.3));
}

TEST_CASE("Blood samples scatter around the curves by their coefficient of variation") {
  pet::Study s = study();
  s.blood.sample_times_min.clear();
  for (int i = 0; i < 4000; ++i) s.blood.sample_times_min.push_back(1.0 + 0.01 * i);
  const pet::SimulatedSession simulated = pet::simulate_session(s, s.sessions[0]);
  const pet::InputFunction samples = pet::simulate_blood_samples(s, 0, simulated);
  CHECK(samples.parent_plasma.empty());
  double square = 0.0;
  for (std::size_t i = 0; i < 4000; ++i) {
    const double ratio = samples.plasma[i] / simulated.blood.plasma(s.blood.sample_times_min[i]);
    square += (ratio - 1.0) * (ratio - 1.0) / 4000.0;
    REQUIRE(samples.parent_fraction[i] <= 1.0);
  }
  CHECK(std::sqrt(square) == Approx(0.02).epsilon(0.05));
}
