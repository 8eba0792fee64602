// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "libpet/dicom/detail/instance.h"

namespace pet::detail {

/// Writes (slope x stored + intercept) x `factor` of every pixel to `values`, row by row. Native pixels are read from
/// where they lie in the file; encapsulated ones are decoded by DCMTK. Throws InputError if that fails.
void read_pixels(const Instance& instance, double factor, std::span<float> values);

/// Whether the stored pixels and what turns them into values are the same.
bool same_pixels(const Instance& a, const Instance& b);

}  // namespace pet::detail
