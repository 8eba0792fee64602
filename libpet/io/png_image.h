// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "libpet/picture.h"

namespace pet {

/// A picture as the bytes of a PNG file (ISO/IEC 15948) with a palette. The same picture gives the same bytes. Throws
/// std::runtime_error where libpng cannot write it.
std::string png_bytes(const Picture& picture);

}  // namespace pet
