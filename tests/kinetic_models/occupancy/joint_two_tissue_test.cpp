// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/occupancy/joint_two_tissue.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "kinetic_models/simulation/normal_noise.h"
#include "libpet/error.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

constexpr double true_VND = 8.0;
constexpr double true_k4 = 0.06;

InputFunction samples(double scale = 1.0, bool has_blood = false) {
  InputFunction input;
  // So fine that straight lines between them are the curve within 1e-5.
  for (int i = 0; i <= 1300; ++i) {
    const double t = i <= 500 ? 0.01 * i : i <= 1000 ? 5.0 + 0.05 * (i - 500) : 30.0 + 0.3 * (i - 1000);
    input.time_min.push_back(t);
    input.parent_plasma.push_back(scale * simulated::plasma(t));
    if (has_blood) input.whole_blood.push_back(simulated::plasma(t));
  }
  return input;
}

struct RegionTruth {
  double K1;
  double BPND;
};
constexpr RegionTruth truths[] = {{0.34, 1.44}, {0.30, 0.9}, {0.28, 0.56}, {0.36, 1.57}};

// Curves by an independent integration; flow (K1 and k2) falls by a tenth after the drug. A delay is that of the drug
// scan.
JointPlasmaScan exact_scan(double left, double flow, double vB = 0.0, double delay_min = 0.0) {
  const Frames frames = simulated::cimbi36_frames();
  JointPlasmaScan scan{Plasma(samples(1.0, vB > 0.0), frames), {}, {}, delay_min};
  for (const auto& [K1, BPND] : truths) {
    scan.targets.push_back(simulated::two_tissue_target({.K1 = flow * K1,
                                                         .k2 = flow * K1 / true_VND,
                                                         .k3 = left * BPND * true_k4,
                                                         .k4 = true_k4,
                                                         .vB = vB,
                                                         .delay_min = delay_min},
                                                        frames));
    scan.weights.emplace_back();
  }
  return scan;
}

void add_noise(JointPlasmaScan& scan, double size, NormalNoise& noise) {
  for (TimeActivityCurve& target : scan.targets)
    for (double& a : target.activity) a += size * noise.next();
}

}  // namespace

TEST_CASE("A joint fit with plasma of exact curves finds occupancy and VND, whatever the drug does to flow",
          "[joint][lengthy]") {
  for (const double occupancy : {0.0, 0.3, 0.6, 0.9}) {
    const JointPlasmaOccupancy found =
        fit_joint_two_tissue(exact_scan(1.0, 1.0), exact_scan(1.0 - occupancy, 0.9), {}, true);
    CAPTURE(occupancy);
    CHECK(found.occupancy == Approx(occupancy).margin(1e-3));
    CHECK(found.VND == Approx(true_VND).epsilon(1e-3));
    REQUIRE(found.regions.size() == 4);
    CHECK(found.regions[0].K1_baseline == Approx(0.34).epsilon(1e-3));
    CHECK(found.regions[0].K1_drug == Approx(0.306).epsilon(1e-3));
    CHECK(found.regions[2].BPND == Approx(0.56).epsilon(5e-3));
    CHECK(found.regions[3].k4 == Approx(true_k4).epsilon(5e-3));
    for (const JointPlasmaOwn& own : found.of_region) CHECK(own.occupancy == Approx(occupancy).margin(5e-3));
  }
}

TEST_CASE("A joint fit with plasma takes blood in the region and a delay of each scan", "[joint]") {
  const JointPlasmaOccupancy found = fit_joint_two_tissue(exact_scan(1.0, 1.0, 0.05), exact_scan(0.4, 0.9, 0.03, 0.1));
  CHECK(found.occupancy == Approx(0.6).margin(2e-3));
  CHECK(found.VND == Approx(true_VND).epsilon(2e-3));
  CHECK(found.regions[0].vB_baseline == Approx(0.05).margin(1e-3));
  CHECK(found.regions[0].vB_drug == Approx(0.03).margin(1e-3));
}

TEST_CASE("A region alone has the occupancy and the interval of the joint fit, which is its own", "[joint]") {
  for (const double plasma_error : {0.0, 0.03}) {
    JointPlasmaScan baseline = exact_scan(1.0, 1.0);
    JointPlasmaScan drug = exact_scan(0.4, 0.9);
    NormalNoise noise(12, {1});
    add_noise(baseline, 0.05, noise);
    add_noise(drug, 0.05, noise);
    for (JointPlasmaScan* scan : {&baseline, &drug}) {
      scan->targets.resize(1);
      scan->weights.resize(1);
    }
    const JointPlasmaOccupancy found = fit_joint_two_tissue(baseline, drug, {.plasma_error = plasma_error}, true);
    const JointPlasmaOwn& own = found.of_region.front();
    CAPTURE(plasma_error, found.occupancy, own.occupancy);
    CHECK(own.degrees_of_freedom == found.degrees_of_freedom);
    CHECK(own.occupancy == Approx(found.occupancy).margin(1e-3));
    CHECK(own.interval.lower == Approx(found.interval.lower).margin(3e-3));
    CHECK(own.interval.upper == Approx(found.interval.upper).margin(3e-3));
  }
}

TEST_CASE("Full blockade ends the occupancy of a joint fit with plasma at 1", "[joint]") {
  // A drug scan with less specific binding than none, as noise can make it: 1 is what the drug can take.
  JointPlasmaScan drug = exact_scan(0.0, 0.9);
  for (TimeActivityCurve& target : drug.targets)
    for (std::size_t i = 20; i < target.activity.size(); ++i) target.activity[i] *= 0.995;
  const JointPlasmaOccupancy found = fit_joint_two_tissue(exact_scan(1.0, 1.0), drug);
  CHECK(found.occupancy == 1.0);
  CHECK(found.status == FitStatus::at_bound);
  CHECK(found.interval.upper == 1.0);
  CHECK(found.interval.lower > 0.9);
}

TEST_CASE("A joint interval with plasma is about t standard errors to either side where the profile is a parabola",
          "[joint]") {
  JointPlasmaScan baseline = exact_scan(1.0, 1.0);
  JointPlasmaScan drug = exact_scan(0.4, 0.9);
  NormalNoise noise(5, {1});
  add_noise(baseline, 0.05, noise);
  add_noise(drug, 0.05, noise);
  const JointPlasmaOccupancy found = fit_joint_two_tissue(baseline, drug);
  const double factor = interval_factor(0.95, found.degrees_of_freedom);
  CHECK(found.degrees_of_freedom == 2 * 4 * 45 - 4 * 4 - 2);  // K1 of two scans, BPND, k4; VND, occupancy
  CHECK(0.5 * (found.interval.upper - found.interval.lower) == Approx(factor * found.standard_error).epsilon(0.1));
  CHECK(0.5 * (found.VND_interval.upper - found.VND_interval.lower) == Approx(factor * found.VND_se).epsilon(0.1));
}

TEST_CASE("An error of the plasma of a scan is in the interval of a joint fit only if it is stated",
          "[joint][lengthy]") {
  // The plasma of the drug scan was measured 6 % too large: all its volumes are 6 % too small.
  JointPlasmaScan drug = exact_scan(0.4, 0.9);
  drug.plasma = Plasma(samples(1.06), simulated::cimbi36_frames());
  JointPlasmaScan baseline = exact_scan(1.0, 1.0);
  NormalNoise noise(6, {1});
  add_noise(baseline, 0.02, noise);
  add_noise(drug, 0.02, noise);
  const JointPlasmaOccupancy blind = fit_joint_two_tissue(baseline, drug);
  CHECK_FALSE((blind.interval.lower <= 0.6 && 0.6 <= blind.interval.upper));
  const JointPlasmaOccupancy told = fit_joint_two_tissue(baseline, drug, {.plasma_error = 0.05});
  CAPTURE(blind.occupancy, told.occupancy, told.interval.lower, told.interval.upper, told.VND);
  CHECK((told.interval.lower <= 0.6 && 0.6 <= told.interval.upper));
  CHECK((told.VND_interval.lower <= true_VND && true_VND <= told.VND_interval.upper));
  // Where the error is not common to occupancy, volumes of both scans tell its size: the estimate is better too.
  CHECK(std::abs(told.occupancy - 0.6) < std::abs(blind.occupancy - 0.6));
  CHECK(told.VND_se > 0.05 / std::sqrt(2.0) * 0.8 * true_VND);  // no curve says which of two plasmas is right
}

TEST_CASE("Curves with several VND reject a joint fit, noisy curves with one do not", "[joint][lengthy]") {
  for (const bool differs : {false, true}) {
    JointPlasmaScan baseline = exact_scan(1.0, 1.0);
    JointPlasmaScan drug = exact_scan(0.4, 0.9);
    NormalNoise noise(8, {1});
    // A region whose curves are a third larger in the drug scan only, as a VND that the drug changed makes them.
    if (differs)
      for (double& a : drug.targets.front().activity) a *= 1.3;
    add_noise(baseline, 0.1, noise);
    add_noise(drug, 0.1, noise);
    const JointPlasmaOccupancy found = fit_joint_two_tissue(baseline, drug);
    CAPTURE(differs, found.occupancy, found.VND, found.weighted_rss, found.degrees_of_freedom);
    CHECK((std::find(found.flags.begin(), found.flags.end(), "model_rejected") != found.flags.end()) == differs);
    CHECK((found.status == FitStatus::ok) == !differs);
  }
}

TEST_CASE("A joint fit with plasma refuses what it cannot do", "[joint]") {
  JointPlasmaScan baseline = exact_scan(1.0, 1.0);
  JointPlasmaScan drug = exact_scan(0.4, 0.9);
  CHECK_THROWS_AS(fit_joint_two_tissue(baseline, drug, {.vB = {.value = {}, .is_fitted = true}}), UsageError);
  CHECK_THROWS_AS(fit_joint_two_tissue(baseline, drug, {.plasma_error = -0.1}), UsageError);
  for (TimeActivityCurve& target : drug.targets) std::fill(target.activity.begin(), target.activity.end(), 0.0);
  CHECK_THROWS_AS(fit_joint_two_tissue(baseline, drug), InputError);
}
