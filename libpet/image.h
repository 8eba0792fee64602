// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libpet/frames.h"
#include "libpet/grid.h"
#include "libpet/tac_table.h"
#include "libpet/time_activity_curve.h"

namespace pet {

/// What the scanner or the file did about decay, and what the reader did with it.
struct DecayCorrection {
  enum class Found { none, start, administration, unknown };
  Found found = Found::unknown;
  /// Reference time of the stored values in minutes after injection (for `none`: not set).
  std::optional<double> reference_min;
  /// What the stored values were multiplied by to be corrected to injection; 1 where nothing was needed.
  /// Per frame for `none`, one common value otherwise.
  std::vector<double> factor_applied;
  /// How the reference was found, in one sentence ("series time, confirmed by decay factors of 45 frames").
  std::string evidence;
};

/// A dynamic PET image: frames x voxels in single precision, decay-corrected to injection, which is time zero.
struct DynamicImage {
  Grid grid;
  Frames frames;
  std::vector<float> voxels;  ///< frame by frame, in each i fastest; kBq/mL where the unit is known
  ActivityUnit unit = ActivityUnit::unknown;
  DecayCorrection decay;
  Radiopharmaceutical tracer;
  std::string time_zero;  ///< injection as "2026-01-31T12:34:56.000"; empty: unknown
  std::string frame_of_reference_uid;
  std::string manufacturer;
  std::string description;            ///< series description
  std::vector<std::string> warnings;  ///< what was odd but usable, one sentence each, without identity

  std::span<const float> frame(std::size_t f) const {
    return std::span(voxels).subspan(f * grid.voxel_count(), grid.voxel_count());
  }
};

}  // namespace pet
