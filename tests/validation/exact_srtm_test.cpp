// SPDX-License-Identifier: Apache-2.0
// SRTM on data that are exactly SRTM: reference and target are frame averages of one continuous solution, integrated in
// small steps.
#include "kinetic_models/fit_table.h"
#include "kinetic_models/registry.h"
#include "kinetic_models/srtm.h"
#include "tests/kinetic_models/simulated_scan.h"
#include "tests/validation/reference_data.h"

using namespace pet;

namespace {

double relative_error(const simulated::SrtmTruth& truth, const Frames& frames, Sampling sampling) {
  const simulated::Scan scan = simulated::srtm_scan(truth, frames);
  const Fit result = fit(srtm, scan.target, ReferenceRegion(scan.reference, sampling));
  return (1.0 + result["BPND"].value) / (1.0 + truth.BPND) - 1.0;
}

// A slow reference, as of [11C]Cimbi-36, and a fast one, as of [11C]DASB or [11C]raclopride.
const std::vector<simulated::SrtmTruth> truths = {
    {.K1_reference = 0.33, .k2_reference = 0.04125, .R1 = 1.05, .BPND = 0.5},
    {.K1_reference = 0.33, .k2_reference = 0.04125, .R1 = 0.9, .BPND = 1.6},
    {.K1_reference = 0.1, .k2_reference = 0.1, .R1 = 1.1, .BPND = 1.2},
    {.K1_reference = 0.1, .k2_reference = 0.3, .R1 = 1.2, .BPND = 1.5},
};

}  // namespace

TEST_CASE("1 + BPND is within 0.01 % under first frames of 10, 60 and 120 s", "[validation]") {
  const std::vector<std::pair<std::string, Frames>> schedules = {
      {"10 s", simulated::cimbi36_frames()},
      {"60 s", simulated::frames({{10, 60}, {10, 120}, {18, 300}})},
      {"120 s", simulated::frames({{15, 120}, {18, 300}})},
  };
  for (const auto& [name, frames] : schedules)
    for (const simulated::SrtmTruth& truth : truths) {
      CAPTURE(name, truth.k2_reference, truth.BPND);
      CHECK(std::abs(relative_error(truth, frames, Sampling::average)) < 1e-4);
    }
}

TEST_CASE("1 + BPND is within 0.1 % where every frame lasts 300 s, and mid-frame sampling is not", "[validation]") {
  const Frames frames = simulated::frames({{24, 300}});
  double worst_midframe = 0.0;
  for (const simulated::SrtmTruth& truth : truths) {
    CAPTURE(truth.k2_reference, truth.BPND);
    CHECK(std::abs(relative_error(truth, frames, Sampling::average)) < 1e-3);
    worst_midframe = std::max(worst_midframe, std::abs(relative_error(truth, frames, Sampling::midframe)));
  }
  CHECK(worst_midframe > 2e-3);
}

TEST_CASE("Mid-frame sampling misses 1 + BPND by more than 0.05 % in every schedule for some kinetics",
          "[validation]") {
  for (const Frames& frames :
       {simulated::cimbi36_frames(), simulated::frames({{15, 120}, {18, 300}}), simulated::frames({{24, 300}})}) {
    double worst = 0.0;
    for (const simulated::SrtmTruth& truth : truths)
      worst = std::max(worst, std::abs(relative_error(truth, frames, Sampling::midframe)));
    CHECK(worst > 5e-4);
  }
}

TEST_CASE("A gap in the scan costs less than 0.1 % of 1 + BPND", "[validation]") {
  std::vector<Frame> with_gap;
  for (const Frame& frame : simulated::cimbi36_frames())
    if (frame.start_min < 60.0 || frame.start_min >= 75.0) with_gap.push_back(frame);
  for (const simulated::SrtmTruth& truth : truths) {
    CAPTURE(truth.k2_reference, truth.BPND);
    CHECK(std::abs(relative_error(truth, Frames(with_gap), Sampling::average)) < 1e-3);
  }
}
