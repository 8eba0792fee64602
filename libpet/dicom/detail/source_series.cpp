// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/source_series.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/file_header.h"
#include "libpet/dicom/detail/series.h"
#include "libpet/error.h"
#include "libpet/parallel.h"

namespace pet::detail {
namespace {

Dataset header_of(const FileHeader& header, const std::filesystem::path& file) {
  return {header.elements, file.string()};
}

SourceImage source_image(const Instance& instance) {
  const FileHeader header = read_file_header(instance.file);
  return {.file = instance.file,
          .sop_class = instance.sop_class,
          .sop_instance = header_of(header, instance.file).required_text(DCM_SOPInstanceUID),
          .position_mm = instance.position_mm,
          .start = instance.start};
}

// What the images have in common, from the first of them.
void read_common(const Instance& first, SourceSeries& source) {
  const FileHeader header = read_file_header(source.first_file());
  const Dataset data = header_of(header, source.first_file());
  source.series_uid = first.series_uid;
  source.study_uid = data.required_text(DCM_StudyInstanceUID);
  source.frame_of_reference_uid = first.frame_of_reference_uid;
  source.series_date = data.text(DCM_SeriesDate);
  source.series_time = data.text(DCM_SeriesTime);
}

}  // namespace

std::vector<const SourceImage*> SourceSeries::at(const Vector3& position_mm) const {
  constexpr double tolerance_mm = 0.01;
  std::vector<const SourceImage*> found;
  for (const SourceImage& image : images) {
    const Vector3& p = image.position_mm;
    const double distance = std::hypot(p[0] - position_mm[0], p[1] - position_mm[1], p[2] - position_mm[2]);
    if (distance <= tolerance_mm) found.push_back(&image);
  }
  return found;
}

SourceSeries read_source_series(const std::filesystem::path& folder, const std::string& series_uid, unsigned threads) {
  const Scan scan = scan_for_pet({folder}, threads);
  const Series& series = choose_series(scan, series_uid, folder.string());
  for (const Instance& instance : series.instances) {
    if (!instance.problem.empty()) throw InputError(instance.problem);
    if (instance.is_enhanced_pet())
      throw bad_input(instance.file.string() + " tag (0008,0016) SOPClassUID", "Enhanced PET",
                      "classic PET, to whose study derived objects can be added");
  }

  SourceSeries source;
  source.images.resize(series.instances.size());
  parallel_for(series.instances.size(), threads,
               [&](std::size_t i) { source.images[i] = source_image(series.instances[i]); });
  std::ranges::stable_sort(source.images, {}, &SourceImage::start);

  read_common(series.first(), source);
  return source;
}

SourceSeries source_series_of(const std::vector<std::filesystem::path>& files) {
  SourceSeries source;
  std::optional<Instance> first;
  for (const auto& file : files) {
    std::optional<Instance> instance = read_instance(file);
    if (!instance || !instance->is_classic_pet()) throw bad_input(file.string(), "no PET image", "one");
    if (!instance->problem.empty()) throw InputError(instance->problem);
    source.images.push_back(source_image(*instance));
    if (!first) first = std::move(instance);
  }
  if (!first) throw UsageError("an object that is derived from a series needs files of it");
  read_common(*first, source);
  return source;
}

}  // namespace pet::detail
