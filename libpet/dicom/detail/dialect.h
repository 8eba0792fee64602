// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "libpet/dicom/pet_writer.h"

namespace pet::detail {

/// What Frame Reference Time is in the files of a scanner.
enum class FrameReference { average_count_time, frame_start, mid_frame, zero };

/// In what a dialect differs from the others.
struct Dialect {
  PetDialect dialect;
  std::string_view name;
  std::string_view manufacturer;
  std::string_view model;
  FrameReference frame_reference = FrameReference::average_count_time;
  bool has_decay_factors = true;  ///< else all are 1
  double series_lead_s = 0.0;     ///< from the series time to the first frame
  int digits = 0;                 ///< of slopes and decay factors; 0: as many as a Decimal String holds
  bool is_always_signed = false;
  double activity_factor = 0.0;  ///< Bq/mL of a count; 0: values are in Bq/mL
};

const Dialect& dialect_of(PetDialect dialect);

}  // namespace pet::detail
