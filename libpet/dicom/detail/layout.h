// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/dicom/detail/series.h"
#include "libpet/grid.h"

namespace pet::detail {

/// The slices of a series in the order in which they lie in memory.
struct Layout {
  Grid grid;
  std::vector<std::vector<const Instance*>> frames;  ///< [frame][slice]; slices along row x column direction
  std::vector<std::string> warnings;
};

/// Sorts by position along the normal and by start of acquisition, and checks that every frame holds every slice once.
/// Throws InputError for slices or frames that are missing, duplicated with different pixels, unevenly spaced, of mixed
/// geometry or timing, and for frames that overlap. The instances must outlive the layout.
Layout arrange(const Series& series);

}  // namespace pet::detail
