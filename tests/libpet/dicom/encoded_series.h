// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <filesystem>
#include <vector>

#include "libpet/image.h"

namespace pet::test {

/// small_image() with slices that are smooth and large enough for every encoder: that of JPEG-LS in DCMTK writes past
/// its buffer where an image is so small or noisy that it grows.
DynamicImage smooth_image(std::vector<Frame> frames = {{0.0, 1.0}, {1.0, 3.0}, {3.0, 8.0}});

/// Saves files in another transfer syntax, with or without preamble and meta header. JPEG 2000 is encoded by OpenJPEG
/// (EXS_JPEG2000: with loss, at a tenth of the size), the others by DCMTK.
void encode(const std::vector<std::filesystem::path>& files,
            E_TransferSyntax syntax,
            E_FileWriteMode mode = EWM_fileformat);

}  // namespace pet::test
