// SPDX-License-Identifier: Apache-2.0
#include "libpet/frames.h"

#include <catch2/catch.hpp>
#include <cmath>

#include "libpet/error.h"

using pet::Frame;
using pet::Frames;

namespace {

std::string message_of(const std::vector<Frame>& frames) {
  try {
    const Frames made(frames);
  } catch (const pet::InputError& error) {
    return error.what();
  }
  return "";
}

constexpr double ms = 1e-3 / 60.0;

}  // namespace

TEST_CASE("A frame knows its duration and its middle", "[frames]") {
  CHECK(Frame{1.0, 4.0}.duration_min() == 3.0);
  CHECK(Frame{1.0, 4.0}.mid_min() == 2.5);
}

TEST_CASE("Frames may start before injection and may leave gaps", "[frames]") {
  const Frames frames({{-1.0, 0.0}, {0.0, 1.0}, {5.0, 6.0}, {6.0, 8.0}});
  CHECK(frames.size() == 4);
  CHECK_FALSE(frames.has_gap_after(0));
  CHECK(frames.has_gap_after(1));
  CHECK_FALSE(frames.has_gap_after(2));
  CHECK_FALSE(frames.has_gap_after(3));
  CHECK(frames.gap_count() == 1);
}

TEST_CASE("Frames that cannot be are refused and the first of them is named", "[frames]") {
  CHECK_THAT(message_of({}), Catch::Contains("at least one frame"));
  CHECK_THAT(message_of({{0.0, 1.0}, {1.0, 1.0}}), Catch::Contains("frame 2") && Catch::Contains("positive duration"));
  CHECK_THAT(message_of({{1.0, 0.0}}), Catch::Contains("frame 1"));
  CHECK_THAT(message_of({{0.0, std::nan("")}}), Catch::Contains("not finite"));
  CHECK_THAT(message_of({{0.0, 2.0}, {1.5, 3.0}}),
             Catch::Contains("frame 2 (90 s to 180 s): found an overlap of 30 s with frame 1 (0 s to 120 s)"));
  CHECK_THAT(message_of({{5.0, 6.0}, {0.0, 1.0}}), Catch::Contains("frame 2"));
}

TEST_CASE("An overlap below a millisecond moves the start of the later frame, a larger one is refused", "[frames]") {
  const Frames frames({{0.0, 1.0}, {1.0 - 0.5 * ms, 2.0}});
  CHECK(frames[1].start_min == 1.0);
  CHECK(frames[1].end_min == 2.0);
  CHECK_FALSE(message_of({{0.0, 1.0}, {1.0 - 2.0 * ms, 2.0}}).empty());
}

TEST_CASE("A distance below a millisecond is no gap", "[frames]") {
  CHECK(Frames({{0.0, 1.0}, {1.0 + 0.5 * ms, 2.0}}).gap_count() == 0);
  CHECK(Frames({{0.0, 1.0}, {1.0 + 2.0 * ms, 2.0}}).gap_count() == 1);
}
