// SPDX-License-Identifier: Apache-2.0
#include "libpet/parallel.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

TEST_CASE("Every item is worked on once, for any number of threads", "[parallel]") {
  for (const unsigned threads : {0u, 1u, 2u, 7u, 64u}) {
    INFO(threads);
    std::vector<std::atomic<int>> calls(100);
    pet::parallel_for(calls.size(), threads, [&](std::size_t i) { ++calls[i]; });
    for (const auto& count : calls) REQUIRE(count == 1);
  }
}

TEST_CASE("No items are no work", "[parallel]") {
  int calls = 0;
  pet::parallel_for(0, 4, [&](std::size_t) { ++calls; });
  CHECK(calls == 0);
}

TEST_CASE("The exception of the lowest item is the one that is seen", "[parallel]") {
  for (int round = 0; round < 50; ++round) {
    std::string seen;
    try {
      pet::parallel_for(40, 4, [&](std::size_t i) {
        if (i == 5) std::this_thread::sleep_for(std::chrono::microseconds(200));
        if (i % 10 == 5) throw std::runtime_error(std::to_string(i));
      });
    } catch (const std::runtime_error& error) {
      seen = error.what();
    }
    REQUIRE(seen == "5");
  }
}

TEST_CASE("After an exception the items that are left are not begun", "[parallel]") {
  std::atomic<int> calls = 0;
  CHECK_THROWS(pet::parallel_for(100000, 2, [&](std::size_t i) {
    ++calls;
    if (i == 0) throw std::runtime_error("stop");
    std::this_thread::sleep_for(std::chrono::microseconds(10));
  }));
  CHECK(calls < 100000);
}

TEST_CASE("Work may itself be spread over threads", "[parallel]") {
  std::atomic<int> sum = 0;
  pet::parallel_for(8, 4, [&](std::size_t i) {
    pet::parallel_for(8, 4, [&](std::size_t j) { sum += static_cast<int>(8 * i + j); });
  });
  CHECK(sum == 63 * 64 / 2);
}

#ifndef OCCUPET_SANITIZED  // which needs more address space than the limit leaves
TEST_CASE("Where the machine has no room for as many threads, fewer do the work", "[parallel]") {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit limit = {400u << 20, 400u << 20};
    setrlimit(RLIMIT_AS, &limit);
    std::atomic<int> calls = 0;
    try {
      pet::parallel_for(2000, 2000, [&](std::size_t) {
        ++calls;
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      });
    } catch (...) {
      _exit(1);
    }
    _exit(calls == 2000 ? 0 : 2);
  }
  int status = -1;
  waitpid(child, &status, 0);
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
#endif

}  // namespace
