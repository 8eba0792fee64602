// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libpet/io/detail/json.h"

namespace pet::detail {

/// Throws InputError for a known mistake: FrameDuration holds the end of each frame in place of its duration.
void require_durations(const Sidecar& sidecar);

}  // namespace pet::detail
