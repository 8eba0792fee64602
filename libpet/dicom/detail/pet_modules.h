// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <string>
#include <vector>

#include "libpet/dicom/detail/saved_file.h"
#include "libpet/dicom/detail/stored_series.h"

namespace pet::detail {

/// What classic and Enhanced PET objects of a series state in the same way. All throw OutputError if DCMTK refuses.

const Dialect& dialect_of(const StoredSeries& series);

/// The number as a Decimal String with so many significant digits; 0: as many as fit.
std::string digits_of(double value, int digits);
/// "x\y\z".
std::string values_of(const Vector3& v);

void put_date_time(DcmItem& item, const DcmTagKey& date, const DcmTagKey& time, DateTime value);
/// Patient, General Study (DICOM PS3.3 C.7.1.1, C.7.2.1).
void put_patient_and_study(const StoredSeries& series, DcmItem& item);
/// General Series, General Equipment, Frame of Reference (C.7.3.1, C.7.5.1, C.7.4.1).
void put_series_and_equipment(const StoredSeries& series, DcmItem& item);
/// The radiopharmaceutical item (C.8.9.2, C.8.22.4), its activity in units of `activity_unit_Bq`, its specific activity
/// in Bq/umol.
DcmItem& put_tracer(const StoredSeries& series, double activity_unit_Bq, DcmItem& item);

/// One slice of one frame as 16-bit integers: value = slope x stored.
struct StoredSlice {
  std::string slope;
  std::vector<Uint16> values;
};
StoredSlice stored_slice(const StoredSeries& series, std::size_t frame, int slice);
/// Image Pixel (C.7.6.3) without the pixels.
void put_pixel_description(const StoredSeries& series, DcmItem& item);

/// The place of slice `k` of the grid among those of a frame, from 0, counted along row x column.
int place_along_normal(const StoredSeries& series, int k);

}  // namespace pet::detail
