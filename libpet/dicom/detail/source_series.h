// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "libpet/dicom/detail/date_time.h"
#include "libpet/grid.h"

namespace pet::detail {

/// One slice of the series that a derived object refers to.
struct SourceImage {
  std::filesystem::path file;
  std::size_t frame = 0;  ///< of the file, from 1; 0 where the file is one image
  std::string sop_class;
  std::string sop_instance;
  Vector3 position_mm{};
  DateTime start;
};

/// A PET series as the source of a derived object: what its parts are called, and where they lie.
struct SourceSeries {
  std::vector<SourceImage> images;  ///< by start, then in order of file names
  std::string series_uid;
  std::string study_uid;
  std::string frame_of_reference_uid;
  std::string series_date, series_time;  ///< as stored: DA, TM

  const std::filesystem::path& first_file() const { return images.front().file; }
  /// One image of each object, in order.
  std::vector<const SourceImage*> objects() const;
  /// The images whose first voxel lies at `position_mm` within 0.01 mm, by start.
  std::vector<const SourceImage*> at(const Vector3& position_mm) const;
};

/// The series with that UID below a folder or, if it is empty, the only one. Throws InputError as choose_series does,
/// and where an object lacks its SOP Instance UID (0008,0018) or the study's.
SourceSeries read_source_series(const std::filesystem::path& folder, const std::string& series_uid, unsigned threads);

/// The same of files that are part of one series, in their order. Throws InputError where one is no PET image.
SourceSeries source_series_of(const std::vector<std::filesystem::path>& files);

}  // namespace pet::detail
