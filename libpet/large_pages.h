// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <vector>

namespace pet {

/// Reserves room for `count` values, in large pages where the system gives them on request (Linux) and in its usual
/// ones elsewhere. An image is hundreds of megabytes that are touched for the first time, and in small pages that takes
/// longer than to copy it from the cache of its file; and a walk through all frames of a voxel needs a page for each.
/// For an array that has not been filled yet. Throws what std::vector::reserve does.
void reserve_in_large_pages(std::vector<float>& values, std::size_t count);

/// So many zeros in large pages, which several threads (0: as many as the machine has) get from the system side by
/// side.
std::vector<float> zeros_in_large_pages(std::size_t count, unsigned threads);

}  // namespace pet
