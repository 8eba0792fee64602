// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "libpet/dicom/detail/date_time.h"
#include "libpet/dicom/detail/dialect.h"
#include "libpet/dicom/pet_writer.h"
#include "libpet/image.h"

namespace pet::detail {

/// One frame as its header will state it: times rounded to what DICOM can hold.
struct StoredFrame {
  DateTime start;
  long duration_ms = 0;
  double factor = 1.0;        ///< stored value / value corrected to injection
  double decay_factor = 1.0;  ///< what DICOM calls Decay Factor
};

/// What the slices of a series that is about to be written have in common. `image` and `options` must outlive it.
struct StoredSeries {
  const DynamicImage& image;
  const PetWriteOptions& options;
  DateTime injection;
  DateTime series_time;  ///< to which values are corrected where they are corrected to START
  double half_life_min = 0.0;
  std::vector<StoredFrame> frames;
  Vector3 row{};     ///< unit vector along which the column index grows
  Vector3 column{};  ///< unit vector along which the row index grows
  double row_spacing_mm = 0.0;
  double column_spacing_mm = 0.0;
  double slice_spacing_mm = 0.0;
  bool is_along_normal = true;  ///< slices follow each other along row x column
  bool is_signed = false;
};

/// Throws UsageError for an image that classic PET cannot hold: no half-life or injection time, axes that are not
/// orthogonal, values that are not finite, more slices than Image Index can count.
StoredSeries plan_series(const DynamicImage& image, const PetWriteOptions& options);

}  // namespace pet::detail
