// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/dicom/pet_image.h"

namespace pet {

/// What a person wants to see of PET series: one block each, times in s, without identity.
std::string series_report_text(const std::vector<SeriesSummary>& series);

/// The same as a JSON array: times in s, lengths in mm, activity in MBq.
std::string series_report_json(const std::vector<SeriesSummary>& series);

/// The members that a sidecar of curves or maps takes over from the image: TimeZero, how the stored values were
/// corrected for decay, how the reference was found, scanner and series. An object as text.
std::string image_members_json(const DynamicImage& image);

}  // namespace pet
