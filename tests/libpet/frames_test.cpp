// SPDX-License-Identifier: Apache-2.0
#include "libpet/frames.h"

#include <catch2/catch.hpp>
#include <limits>

#include "libpet/error.h"

namespace {

using Catch::Matchers::Contains;
using pet::Frame;
using pet::Frames;

constexpr double millisecond = 1e-3 / 60.0;

TEST_CASE("A frame has a length and a middle", "[frames]") {
  const Frame frame{2.0, 5.0};
  CHECK(frame.duration_min() == 3.0);
  CHECK(frame.mid_min() == 3.5);
}

TEST_CASE("Frames keep their times, also before injection", "[frames]") {
  const Frames frames({{-1.0, 0.0}, {0.0, 2.0}, {3.0, 4.0}});
  REQUIRE(frames.size() == 3);
  CHECK(frames.front() == Frame{-1.0, 0.0});
  CHECK(frames[1] == Frame{0.0, 2.0});
  CHECK(frames.back() == Frame{3.0, 4.0});
}

TEST_CASE("A scan without frames is refused", "[frames]") {
  CHECK_THROWS_AS(Frames(std::vector<Frame>{}), pet::InputError);
  CHECK(Frames().empty());
}

TEST_CASE("Frames that do not last, or whose times are not finite, are refused by number", "[frames]") {
  CHECK_THROWS_WITH(Frames({{0.0, 1.0}, {1.0, 1.0}}), Contains("frame 2 (60 s to 60 s)") && Contains("0 s"));
  CHECK_THROWS_WITH(Frames({{1.0, 0.5}}), Contains("frame 1") && Contains("-30 s"));
  CHECK_THROWS_WITH(Frames({{0.0, std::numeric_limits<double>::infinity()}}), Contains("not finite"));
  CHECK_THROWS_WITH(Frames({{0.0, 1.0}, {std::numeric_limits<double>::quiet_NaN(), 2.0}}), Contains("frame 2"));
}

TEST_CASE("Overlaps of more than a millisecond and frames out of order are refused", "[frames]") {
  CHECK_THROWS_WITH(Frames({{0.0, 1.0}, {0.5, 2.0}}), Contains("frame 2") && Contains("an overlap of 30 s"));
  CHECK_THROWS_AS(Frames({{1.0, 2.0}, {0.0, 1.0}}), pet::InputError);
  CHECK_THROWS_AS(Frames({{0.0, 1.0}, {1.0 - 1.5 * millisecond, 2.0}}), pet::InputError);
}

TEST_CASE("An overlap below a millisecond is rounding: the later frame starts where the earlier ends", "[frames]") {
  const Frames frames({{0.0, 1.0}, {1.0 - 0.5 * millisecond, 2.0}});
  CHECK(frames[1] == Frame{1.0, 2.0});
}

TEST_CASE("A frame that lies within such an overlap is refused, not turned round", "[frames]") {
  CHECK_THROWS_AS(Frames({{0.0, 1.0}, {1.0 - 0.8 * millisecond, 1.0 - 0.2 * millisecond}}), pet::InputError);
}

TEST_CASE("Gaps of more than a millisecond are counted", "[frames]") {
  const Frames frames({{0.0, 1.0}, {1.0 + 0.5 * millisecond, 2.0}, {2.5, 3.0}, {4.0, 5.0}});
  CHECK_FALSE(frames.has_gap_after(0));
  CHECK(frames.has_gap_after(1));
  CHECK(frames.has_gap_after(2));
  CHECK_FALSE(frames.has_gap_after(3));
  CHECK(frames.gap_count() == 2);
}

}  // namespace
