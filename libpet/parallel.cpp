// SPDX-License-Identifier: Apache-2.0
#include "libpet/parallel.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace pet {

unsigned thread_count(unsigned threads) {
  return threads > 0 ? threads : std::max(1u, std::thread::hardware_concurrency());
}

void parallel_for(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work) {
  threads = static_cast<unsigned>(std::min<std::size_t>(thread_count(threads), std::max<std::size_t>(1, count)));

  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::size_t failed_index = count;
  std::exception_ptr failure;
  const auto drain = [&] {
    // Items below a failed one still run, so that the exception of the lowest index wins whatever the timing.
    for (std::size_t i = next++; i < count; i = next++) {
      try {
        work(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (i < failed_index) {
          failed_index = i;
          failure = std::current_exception();
        }
        next = count;
      }
    }
  };

  std::vector<std::jthread> pool;
  try {
    for (unsigned t = 1; t < threads; ++t) pool.emplace_back(drain);
  } catch (const std::system_error&) {
    // No more threads to be had (a limit on processes or memory): those there are do the work.
  }
  drain();
  pool.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace pet
