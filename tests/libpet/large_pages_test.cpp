// SPDX-License-Identifier: Apache-2.0
#include "libpet/large_pages.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

TEST_CASE("Zeros in large pages are as many as asked for, whatever the number of threads", "[large_pages]") {
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, std::size_t{524'288}, std::size_t{3'000'001}})
    for (const unsigned threads : {1U, 3U}) {
      const std::vector<float> zeros = pet::zeros_in_large_pages(count, threads);
      CHECK(zeros.size() == count);
      CHECK(std::ranges::all_of(zeros, [](float value) { return value == 0.0F; }));
    }
}

TEST_CASE("A reservation in large pages keeps what is there and refuses what no memory has", "[large_pages]") {
  std::vector<float> values = {1.0F, 2.0F};
  pet::reserve_in_large_pages(values, 5'000'000);
  CHECK(values == std::vector<float>{1.0F, 2.0F});
  CHECK(values.capacity() >= 5'000'000);
  CHECK_THROWS_AS(pet::reserve_in_large_pages(values, SIZE_MAX / 2), std::length_error);
}
