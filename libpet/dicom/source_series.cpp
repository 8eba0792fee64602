// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/source_series.h"

#include <algorithm>

#include "libpet/dicom/detail/source_series.h"

namespace pet {

std::vector<std::filesystem::path> first_frame_files(const SourceOfDerivation& source) {
  const detail::SourceSeries series = detail::read_source_series(source.folder, source.series_uid, source.threads);
  constexpr std::int64_t together_us = 1000;
  std::vector<std::filesystem::path> files;
  for (const detail::SourceImage* image : series.objects())
    if (image->start.us - series.images.front().start.us <= together_us) files.push_back(image->file);
  return files;
}

}  // namespace pet
