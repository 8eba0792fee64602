// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

namespace pet {

/// The number of threads that an option stands for: 0 is one a core.
unsigned thread_count(unsigned threads);

/// Calls `work(i)` for every i in [0, count) on up to `threads` threads (0: as many as the machine has).
/// Where the machine refuses a thread, fewer do the work. Items are handed out one by one, so `work` must not depend on
/// their order. The first exception by index is rethrown after all threads have stopped.
void parallel_for(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work);

}  // namespace pet
