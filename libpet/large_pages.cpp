// SPDX-License-Identifier: Apache-2.0
#include "libpet/large_pages.h"

#include <sys/mman.h>

#include <cstdint>

#include "libpet/parallel.h"

namespace pet {
namespace {

constexpr std::uintptr_t large_page = std::uintptr_t{1} << 21;

// Whole large pages within the memory of an array.
struct Pages {
  std::uintptr_t begin;
  std::size_t count;
};

Pages pages_of(const std::vector<float>& values) {
  const auto first = reinterpret_cast<std::uintptr_t>(values.data());
  const std::uintptr_t begin = (first + large_page - 1) / large_page * large_page;
  const std::uintptr_t end = (first + values.capacity() * sizeof(float)) / large_page * large_page;
  return {begin, end > begin ? (end - begin) / large_page : 0};
}

}  // namespace

void reserve_in_large_pages(std::vector<float>& values, std::size_t count) {
  values.reserve(count);
#ifdef MADV_HUGEPAGE
  // Advice only: where it is not taken the memory is as good.
  const Pages pages = pages_of(values);
  if (pages.count > 0) ::madvise(reinterpret_cast<void*>(pages.begin), pages.count * large_page, MADV_HUGEPAGE);
#endif
}

std::vector<float> zeros_in_large_pages(std::size_t count, unsigned threads) {
  std::vector<float> values;
  reserve_in_large_pages(values, count);
#ifdef MADV_POPULATE_WRITE
  const Pages pages = pages_of(values);
  parallel_for(pages.count, threads, [&](std::size_t i) {
    ::madvise(reinterpret_cast<void*>(pages.begin + i * large_page), large_page, MADV_POPULATE_WRITE);
  });
#else
  static_cast<void>(threads);
#endif
  values.resize(count);
  return values;
}

}  // namespace pet
