// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>

#include "libpet/dicom/detail/elements.h"
#include "libpet/dicom/detail/instance.h"

namespace pet::detail {

/// Whether pixels of this transfer syntax are JPEG 2000, which OpenJPEG decodes.
bool is_jpeg2000(const std::string& transfer_syntax);

/// Decodes one JPEG 2000 codestream (ITU-T T.800) to the little-endian integers that `instance` says it has, row by
/// row. Throws InputError that names file and tag where the codestream holds another size, another number of bits or
/// another sign than the header says, before memory is taken for it, and where it is damaged or cut short.
void decode_jpeg2000(Bytes codestream, const Instance& instance, std::span<unsigned char> pixels);

}  // namespace pet::detail
