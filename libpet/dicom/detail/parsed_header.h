// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "libpet/dicom/detail/file_header.h"

namespace pet::detail {

/// Parses the first bytes of a file with DCMTK, whatever its transfer syntax, and fills `header` with its elements in
/// explicit little endian; unknown representations are resolved by the dictionary. False if the bytes end before the
/// pixels or are damaged.
bool parse_with_dcmtk(std::span<unsigned char> bytes, FileHeader& header);

}  // namespace pet::detail
