// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string_view>

#include "libpet/io/tsv.h"

namespace pet::detail {

/// Whether a column of a TAC table holds the curve of a region, and no times, durations, weights or frame numbers.
/// Neither case nor underscores matter.
bool is_region_column(std::string_view name);

/// The first column with one of these names, in lower case and without underscores.
std::optional<std::size_t> find_tac_column(const Tsv& tsv, std::initializer_list<std::string_view> names);

}  // namespace pet::detail
