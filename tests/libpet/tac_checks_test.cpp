// SPDX-License-Identifier: Apache-2.0
#include "libpet/tac_checks.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using namespace pet;

namespace {

constexpr std::size_t moved_frame = 20;  // starts at 60 min

// Curves of a washout with noise of 0.5 %, on 12 frames of 1 min and 24 of 6 min after that.
TacTable noisy_scan() {
  std::vector<Frame> frames;
  for (int i = 0; i < 12; ++i) frames.push_back({static_cast<double>(i), i + 1.0});
  for (int i = 0; i < 24; ++i) frames.push_back({12.0 + 6.0 * i, 18.0 + 6.0 * i});
  TacTable table;
  table.frames = Frames(frames);
  table.unit = ActivityUnit::kBq_per_mL;
  std::mt19937_64 bits(7);
  const auto noise = [&] {
    double sum = 0.0;
    for (int i = 0; i < 12; ++i) sum += static_cast<double>(bits() >> 11) * 0x1.0p-53;
    return sum - 6.0;
  };
  for (int r = 0; r < 9; ++r) {
    table.regions.push_back("region" + std::to_string(r));
    std::vector<double> curve;
    for (const Frame& frame : table.frames) {
      const double t = frame.mid_min();
      const double level = (20.0 + r) * (std::exp(-t / (60.0 + 10.0 * r)) - std::exp(-t / 4.0));
      curve.push_back(level * (1.0 + 0.005 * noise()));
    }
    table.activity.push_back(curve);
  }
  return table;
}

double highest_score(const std::vector<FrameJump>& jumps) {
  double highest = 0.0;
  for (const FrameJump& jump : jumps) highest = std::max(highest, jump.score);
  return highest;
}

}  // namespace

TEST_CASE("Curves with independent noise have no frame in which all regions jump") {
  const auto jumps = common_jumps(noisy_scan());
  REQUIRE(jumps.size() > 15);
  CHECK(highest_score(jumps) < jump_threshold);
}

TEST_CASE("Regions that rise and fall by 5 to 10 % in one frame are found there") {
  TacTable table = noisy_scan();
  for (std::size_t r = 0; r < table.regions.size(); ++r)
    table.activity[r][moved_frame] *= r % 2 == 0 ? 1.05 + 0.005 * static_cast<double>(r) : 0.93;
  const auto jumps = common_jumps(table);
  std::size_t largest = 0;
  for (const FrameJump& jump : jumps)
    if (jump.score == highest_score(jumps)) largest = jump.frame;
  CHECK(highest_score(jumps) > jump_threshold);
  CHECK(largest == moved_frame);
}

TEST_CASE("A head that stays moved is found at the step") {
  TacTable table = noisy_scan();
  for (std::size_t r = 0; r < table.regions.size(); ++r)
    for (std::size_t f = moved_frame; f < table.frames.size(); ++f) table.activity[r][f] *= r % 2 == 0 ? 1.12 : 0.88;
  for (const FrameJump& jump : common_jumps(table)) {
    INFO(jump.frame);
    const bool is_far = jump.frame + 3 < moved_frame || jump.frame > moved_frame + 2;
    if (is_far) CHECK(jump.score < jump_threshold);
    if (jump.frame == moved_frame) CHECK(jump.score > jump_threshold);
  }
}

TEST_CASE("What all regions share is no jump") {
  TacTable table = noisy_scan();
  for (std::vector<double>& curve : table.activity) curve[moved_frame] *= 1.2;
  for (const FrameJump& jump : common_jumps(table))
    if (jump.frame == moved_frame) CHECK(jump.score < jump_threshold);
}

TEST_CASE("Two regions, or a few frames, say nothing about jumps") {
  TacTable table = noisy_scan();
  CHECK(common_jumps(table, 130.0).empty());
  table.regions.resize(2);
  table.activity.resize(2);
  CHECK(common_jumps(table).empty());
}

TEST_CASE("The highest activity is named with its uptake for 70 kg") {
  TacTable table;
  table.frames = Frames({{0.0, 1.0}, {1.0, 3.0}});
  table.regions = {"a", "b"};
  table.activity = {{1.0, 2.0}, {5.0, 3.0}};
  CHECK(highest_activity(table).region == "b");
  CHECK(highest_activity(table).mid_min == Approx(0.5));
  CHECK_FALSE(highest_activity(table).suv_70kg);  // neither dose nor unit
  table.unit = ActivityUnit::kBq_per_mL;
  table.tracer.injected_activity_MBq = 350.0;
  CHECK(highest_activity(table).suv_70kg.value() == Approx(1.0));  // 5 kBq/mL over 350 MBq / 70 kg = 5 kBq/g
}
