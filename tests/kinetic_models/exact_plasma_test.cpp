// SPDX-License-Identifier: Apache-2.0
// Noise-free frame averages from an independent integration: what comes back.
#include <catch2/catch.hpp>
#include <map>
#include <string>

#include "kinetic_models/registry.h"
#include "tests/kinetic_models/simulated_scan.h"

using namespace pet;

namespace {

// Straight lines within 2e-6 of the curve's own size from 6 min on, and denser before.
InputFunction samples() {
  InputFunction input;
  for (int i = 0; i <= 13600; ++i) {
    const double t = i <= 12000 ? 0.0005 * i : 6.0 + 0.01 * (i - 12000);
    input.time_min.push_back(t);
    input.parent_plasma.push_back(simulated::plasma(t));
    input.whole_blood.push_back(simulated::plasma(t));
  }
  for (int i = 1; i <= 2450; ++i) {
    const double t = 22.0 + 0.04 * i;
    input.time_min.push_back(t);
    input.parent_plasma.push_back(simulated::plasma(t));
    input.whole_blood.push_back(simulated::plasma(t));
  }
  return input;
}

struct Case {
  const char* model;
  simulated::TwoTissueTruth truth;
  std::map<std::string, double> expected;
  const char* volume;  // the quantity that is held tightest
};

std::vector<Case> cases() {
  constexpr simulated::TwoTissueTruth two{.K1 = 0.3, .k2 = 0.1, .k3 = 0.08, .k4 = 0.048, .vB = 0.05};
  constexpr simulated::TwoTissueTruth one{.K1 = 0.3, .k2 = 0.05, .k3 = 0.0, .k4 = 0.0, .vB = 0.05};
  constexpr simulated::TwoTissueTruth trapped{.K1 = 0.3, .k2 = 0.1, .k3 = 0.04, .k4 = 0.0, .vB = 0.05};
  const std::map<std::string, double> of_two = {{"K1", 0.3}, {"k2", 0.1},  {"k3", 0.08}, {"k4", 0.048},
                                                {"VT", 8.0}, {"VND", 3.0}, {"BPP", 5.0}, {"BPND", 5.0 / 3.0}};
  return {{"1tcm", one, {{"K1", 0.3}, {"k2", 0.05}, {"VT", 6.0}}, "VT"},
          {"2tcm", two, of_two, "VT"},
          {"2tcm-vnd", two, of_two, "VT"},
          {"sime", two, of_two, "VT"},
          {"2tcm-irreversible",
           trapped,
           {{"K1", 0.3}, {"k2", 0.1}, {"k3", 0.04}, {"Ki", 0.3 * 0.04 / 0.14}, {"VND", 3.0}},
           "Ki"}};
}

}  // namespace

TEST_CASE("Every plasma compartment model gives the parameters of exact curves back", "[models]") {
  const Frames frames = simulated::cimbi36_frames();
  const Plasma plasma(samples(), frames);
  for (const Case& c : cases()) {
    const Model& model = find_model(c.model);
    const TimeActivityCurve curve = simulated::two_tissue_target(c.truth, frames);
    for (const bool fits_blood : {false, true}) {
      FitOptions options;
      options.vB = fits_blood ? Choice{std::nullopt, true} : Choice{0.05, false};
      if (model.VND == Use::required) options.VND.value = 3.0;
      const Fit found = fit(model, curve, plasma, options);
      CHECK(found.status == FitStatus::ok);
      for (const auto& [symbol, truth] : c.expected) {
        CAPTURE(c.model, fits_blood, symbol);
        CHECK(found[symbol].value == Approx(truth).epsilon(fits_blood ? 5e-4 : 1e-4));
      }
      CAPTURE(c.model, fits_blood);
      CHECK(found[c.volume].value == Approx(c.expected.at(c.volume)).epsilon(1e-5));
      CHECK(found["vB"].value == Approx(0.05).epsilon(5e-4));
    }
  }
}

TEST_CASE("The reference models give 1 + BPND of exact curves back for first frames of 10 to 120 s", "[models]") {
  for (const auto& schedule : {std::vector<std::pair<int, double>>{{6, 10}, {6, 20}, {6, 60}, {8, 120}, {19, 300}},
                               {{8, 60}, {10, 120}, {18, 300}},
                               {{15, 120}, {18, 300}}}) {
    const Frames frames = simulated::frames(schedule);
    const simulated::SrtmTruth truth;
    const simulated::Scan scan = simulated::srtm_scan(truth, frames);
    const ReferenceRegion reference(scan.reference);
    CAPTURE(schedule.front().second);
    FitOptions options;
    CHECK(1.0 + fit(find_model("srtm"), scan.target, reference)["BPND"].value == Approx(2.2).epsilon(1e-4));
    options.k2prime = truth.k2_reference;
    CHECK(1.0 + fit(find_model("srtm2"), scan.target, reference, options)["BPND"].value == Approx(2.2).epsilon(1e-4));
    // Two tissue compartments with the K1 / k2 = 8 of the reference: exact for the full model.
    const TimeActivityCurve two = simulated::two_tissue_target({}, frames);
    CHECK(1.0 + fit(find_model("frtm"), two, reference)["BPND"].value == Approx(2.44).epsilon(1e-4));
  }
}
