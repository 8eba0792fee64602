// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libpet/dicom/detail/series.h"

namespace pet::detail {

/// What is read from one file of a series, and holds for all of them, must be the same in all: decay correction, series
/// time, half-life, injection and injected activity. Throws InputError for the first file that says otherwise.
void require_agreement(const Series& series);

}  // namespace pet::detail
