// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "libpet/dicom/detail/elements.h"

namespace pet::detail {

/// Where the deflated data set of a file begins (DICOM PS3.5 A.5), whose first bytes these are; nothing where the file
/// is not of that transfer syntax.
std::optional<std::size_t> deflated_data_set(Bytes bytes);

/// The data set, inflated: at most as large as deflate can make of so many bytes. Nothing where it is damaged.
std::optional<std::vector<unsigned char>> inflated(Bytes data_set);

}  // namespace pet::detail
