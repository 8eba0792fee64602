// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/source_series.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
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

// What an object is called, of each file once.
struct Name {
  std::string sop_class;
  std::string sop_instance;
};

std::map<std::filesystem::path, Name> names_of(const std::vector<Instance>& instances, unsigned threads) {
  std::map<std::filesystem::path, Name> names;
  for (const Instance& instance : instances) names[instance.file].sop_class = instance.sop_class;
  std::vector<std::pair<const std::filesystem::path, Name>*> each;
  for (auto& name : names) each.push_back(&name);
  parallel_for(each.size(), threads, [&](std::size_t i) {
    const FileHeader header = read_file_header(each[i]->first);
    each[i]->second.sop_instance = header_of(header, each[i]->first).required_text(DCM_SOPInstanceUID);
  });
  return names;
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

SourceSeries source_of(const std::vector<Instance>& instances, unsigned threads) {
  const auto names = names_of(instances, threads);
  SourceSeries source;
  for (const Instance& instance : instances) {
    if (!instance.problem.empty()) throw InputError(instance.problem);
    const Name& name = names.at(instance.file);
    source.images.push_back({.file = instance.file,
                             .frame = instance.is_enhanced_pet() ? instance.pixels.frame + 1 : 0,
                             .sop_class = name.sop_class,
                             .sop_instance = name.sop_instance,
                             .position_mm = instance.position_mm,
                             .start = instance.start});
  }
  read_common(instances.front(), source);
  return source;
}

}  // namespace

std::vector<const SourceImage*> SourceSeries::objects() const {
  std::vector<const SourceImage*> found;
  std::set<std::string> seen;
  for (const SourceImage& image : images)
    if (seen.insert(image.sop_instance).second) found.push_back(&image);
  return found;
}

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
  SourceSeries source = source_of(series.instances, threads);
  std::ranges::stable_sort(source.images, {}, &SourceImage::start);
  return source;
}

SourceSeries source_series_of(const std::vector<std::filesystem::path>& files) {
  std::vector<Instance> instances;
  for (const auto& file : files) {
    const std::vector<Instance> slices = read_instances(file);
    if (slices.empty() || !(slices.front().is_classic_pet() || slices.front().is_enhanced_pet()))
      throw bad_input(file.string(), "no PET image", "one");
    instances.insert(instances.end(), slices.begin(), slices.end());
  }
  if (instances.empty()) throw UsageError("an object that is derived from a series needs files of it");
  return source_of(instances, 1);
}

}  // namespace pet::detail
