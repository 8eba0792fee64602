// SPDX-License-Identifier: Apache-2.0
#include "libpet/large_pages.h"

#include <sys/mman.h>

#include <cstdint>

#include "libpet/parallel.h"

namespace pet {
namespace {

constexpr std::uintptr_t page = 4096;
constexpr std::uintptr_t large_page = 512 * page;

}  // namespace

void reserve_in_large_pages(std::vector<float>& values, std::size_t count) {
  values.reserve(count);
#ifdef MADV_HUGEPAGE
  // Advice only: where it is not taken the memory is as good.
  const std::uintptr_t begin = (reinterpret_cast<std::uintptr_t>(values.data()) + page - 1) / page * page;
  const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(values.data() + count) / page * page;
  if (end >= begin + large_page) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
#endif
}

std::vector<float> zeros_in_large_pages(std::size_t count, unsigned threads) {
  std::vector<float> values;
  reserve_in_large_pages(values, count);
  const std::uintptr_t begin = reinterpret_cast<std::uintptr_t>(values.data());
  parallel_for(count * sizeof(float) / large_page, threads,
               [&](std::size_t i) { *reinterpret_cast<volatile unsigned char*>(begin + i * large_page) = 0; });
  values.resize(count);
  return values;
}

}  // namespace pet
