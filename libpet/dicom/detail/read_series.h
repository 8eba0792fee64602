// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libpet/dicom/detail/series.h"
#include "libpet/dicom/pet_image.h"

namespace pet::detail {

/// Reads a series whose headers are known; see read_pet_series.
DynamicImage read_series(const Series& series, const PetReadOptions& options);

}  // namespace pet::detail
