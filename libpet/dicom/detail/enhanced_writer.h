// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "libpet/dicom/detail/stored_series.h"

namespace pet::detail {

/// Writes all slices and frames of a series as one Enhanced PET object (DICOM PS3.3 A.56): times and values of each in
/// its functional groups, Bq/mL by real world value mapping. Throws OutputError.
void write_enhanced(const StoredSeries& series, const std::filesystem::path& path);

}  // namespace pet::detail
