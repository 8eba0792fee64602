// SPDX-License-Identifier: Apache-2.0
#include "libpet/parallel.h"

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>
#include <vector>

TEST_CASE("Every item is worked on once, with any number of threads", "[parallel]") {
  for (const unsigned threads : {0U, 1U, 2U, 50U}) {
    std::vector<std::atomic<int>> times(100);
    pet::parallel_for(times.size(), threads, [&](std::size_t i) { ++times[i]; });
    CHECK(std::all_of(times.begin(), times.end(), [](const auto& count) { return count == 1; }));
  }
}

TEST_CASE("Without items no work is called", "[parallel]") {
  bool is_called = false;
  pet::parallel_for(0, 4, [&](std::size_t) { is_called = true; });
  CHECK_FALSE(is_called);
}

TEST_CASE("Of several exceptions that of the lowest item is thrown", "[parallel]") {
  for (int repeat = 0; repeat < 50; ++repeat)
    CHECK_THROWS_WITH(pet::parallel_for(64, 8,
                                        [](std::size_t i) {
                                          if (i >= 20) throw std::runtime_error(std::to_string(i));
                                        }),
                      "20");
}
