// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/series.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "libpet/dicom/detail/agreement.h"
#include "libpet/dicom/detail/dataset.h"
#include "libpet/dicom/detail/dicomdir.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/error.h"
#include "libpet/files_below.h"
#include "libpet/parallel.h"

namespace pet::detail {
namespace {

namespace fs = std::filesystem;

void sort_once(std::vector<fs::path>& files) {
  std::sort(files.begin(), files.end());
  files.erase(std::unique(files.begin(), files.end()), files.end());
}

std::vector<fs::path> files_under(const std::vector<fs::path>& paths) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    std::vector<fs::path> some = is_existing_folder(path) ? files_below(path) : std::vector<fs::path>{path};
    std::move(some.begin(), some.end(), std::back_inserter(files));
  }
  sort_once(files);
  return files;
}

// What was read of one file: its slices, or why it could not be.
struct FileRead {
  std::vector<Instance> slices;
  std::string damage;
};

std::vector<FileRead> read_files(const std::vector<fs::path>& files, unsigned threads) {
  std::vector<FileRead> read(files.size());
  parallel_for(files.size(), threads, [&](std::size_t i) {
    try {
      read[i].slices = read_instances(files[i]);
    } catch (const InputNotFound&) {
      throw;
    } catch (const InputError& error) {
      read[i].damage = error.what();
    }
  });
  return read;
}

// The files, with what each DICOMDIR among the paths refers to in its place; nothing where none is one.
std::optional<std::vector<fs::path>> files_by_directory(const std::vector<fs::path>& paths,
                                                        const std::vector<fs::path>& files,
                                                        const std::vector<FileRead>& read) {
  std::vector<fs::path> result;
  bool is_any = false;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const bool is_directory = !read[i].slices.empty() && read[i].slices.front().is_directory();
    if (!is_directory || std::ranges::find(paths, files[i]) == paths.end()) {
      result.push_back(files[i]);
      continue;
    }
    std::ranges::move(files_of_dicomdir(files[i]), std::back_inserter(result));
    is_any = true;
  }
  if (!is_any) return std::nullopt;
  sort_once(result);
  return result;
}

std::string join(const std::vector<fs::path>& paths) {
  std::string text;
  for (const fs::path& path : paths) text += (text.empty() ? "" : ", ") + path.string();
  return text;
}

std::string other_classes(const Scan& scan) {
  std::string text;
  for (const auto& [uid, count] : scan.other) {
    const char* name = dcmFindNameOfUID(uid.c_str());
    text += (text.empty() ? "" : ", ") + std::to_string(count) + " of " +
            (name          ? name
             : uid.empty() ? "no class"
                           : "an unknown class");
  }
  return text.empty() ? "no DICOM object" : "only DICOM objects that are not PET images: " + text;
}

std::string list_of(const std::vector<const Series*>& series) {
  std::string text;
  for (const Series* one : series) {
    const Instance& first = one->first();
    text += (text.empty() ? "" : "; ") + first.series_uid + " " + first.quoted(first.description) + " (" +
            std::to_string(one->file_count()) + " files, " + first.shown(first.units) + ", " +
            first.quoted(first.image_type) + ", " + first.quoted(first.corrected_image) + ", " +
            first.quoted(first.reconstruction_method) + ")";
  }
  return text;
}

// Whether each series is one frame of what all agree about.
bool are_frames_of_one_scan(const std::vector<const Series*>& all) {
  const Instance& first = all.front()->first();
  std::set<DateTime> starts;
  for (const Series* series : all) {
    const DateTime start = series->first().start;
    if (!starts.insert(start).second || series->instances.size() != all.front()->instances.size()) return false;
    for (const Instance& i : series->instances)
      if (!i.problem.empty() || i.start != start || i.kind_but_series() != first.kind_but_series() ||
          i.frame_of_reference_uid.empty() || i.frame_of_reference_uid != first.frame_of_reference_uid ||
          i.rows != first.rows || i.columns != first.columns || i.row_spacing_mm != first.row_spacing_mm ||
          i.column_spacing_mm != first.column_spacing_mm || i.row_direction != first.row_direction ||
          i.column_direction != first.column_direction)
        return false;
  }
  return true;
}

// What counts the slices of one series says nothing of the scan.
Series joined(const std::vector<const Series*>& all) {
  Series scan;
  scan.joined = all.size();
  for (const Series* series : all)
    for (Instance instance : series->instances) {
      instance.series_type = "DYNAMIC\\IMAGE";
      instance.image_index = instance.slice_count = instance.time_slice_count = std::nullopt;
      scan.instances.push_back(std::move(instance));
    }
  return scan;
}

// Enhanced PET does not say it: slices at one place and several times are dynamic, at several places and times beds.
void set_series_type(Series& series) {
  if (!series.first().is_enhanced_pet()) return;
  std::set<Vector3> places;
  std::set<DateTime> starts;
  bool is_place_repeated = false;
  for (const Instance& slice : series.instances) {
    is_place_repeated = !places.insert(slice.position_mm).second || is_place_repeated;
    starts.insert(slice.start);
  }
  const bool is_one_time = starts.size() == 1;
  const char* type = is_one_time ? "STATIC\\IMAGE" : is_place_repeated ? "DYNAMIC\\IMAGE" : "WHOLE BODY\\IMAGE";
  for (Instance& slice : series.instances)
    if (slice.series_type.empty()) slice.series_type = type;
}

// A part that was not copied leaves a scan that looks whole.
void require_whole_concatenations(const Series& series) {
  std::map<std::string, std::set<long>> parts;
  for (const Instance& slice : series.instances)
    if (slice.concatenation_part) parts[slice.concatenation_uid].insert(*slice.concatenation_part);
  for (const Instance& slice : series.instances) {
    const auto found = parts.find(slice.concatenation_uid);
    if (!slice.concatenation_parts || found == parts.end()) continue;
    if (static_cast<long>(found->second.size()) != *slice.concatenation_parts)
      throw bad_input(slice.file.string() + " tag (0020,9163) InConcatenationTotalNumber",
                      std::to_string(found->second.size()) + " parts", std::to_string(*slice.concatenation_parts));
  }
}

using Check = void (*)(const Instance&);

InputError refusal(const Instance& instance, const DcmTagKey& tag, const std::string& found, const char* expected) {
  DcmTag named(tag);
  return bad_input(instance.file.string() + " tag " + tag.toString() + " " + named.getTagName(), instance.quoted(found),
                   expected);
}

void check_units(const Instance& instance) {
  if (instance.units == "BQML") return;
  if (instance.units == "CNTS") {
    if (instance.philips_activity_factor && *instance.philips_activity_factor > 0.0) return;
    throw refusal(instance, DCM_Units, instance.units,
                  "BQML, or CNTS with the Philips activity concentration factor (7053,1009)");
  }
  const bool is_suv = instance.units == "GML" || instance.units == "CM2ML";
  throw refusal(instance, DCM_Units, instance.units,
                is_suv ? "BQML; standardised uptake values do not state the activity they were divided by"
                       : "BQML, activity per volume");
}

void check_series_type(const Instance& instance) {
  const auto values = split_values(instance.series_type);
  const bool is_frame = values.front() == "DYNAMIC" || values.front() == "STATIC";
  if (!is_frame || values.size() < 2 || values[1] != "IMAGE")
    throw refusal(instance, DCM_SeriesType, instance.series_type, "DYNAMIC\\IMAGE or STATIC\\IMAGE");
}

void check_corrections(const Instance& instance) {
  if (!has_correction(instance, "ATTN") || !has_correction(instance, "NORM"))
    throw refusal(instance, DCM_CorrectedImage, instance.corrected_image, "ATTN and NORM among the corrections");
  require_decay_claim(instance);
}

}  // namespace

bool has_correction(const Instance& instance, std::string_view word) {
  const auto corrections = split_values(instance.corrected_image);
  return std::ranges::find(corrections, word) != corrections.end();
}

void require_emission(const Instance& instance) {
  if (instance.counts_source != "EMISSION")
    throw refusal(instance, DCM_CountsSource, instance.counts_source, "EMISSION");
}

void require_lossless(const Instance& instance) {
  if (!instance.is_lossy()) return;
  const std::string found = instance.lossy + (instance.lossy == "01" ? "" : "; " + instance.transfer_syntax);
  throw refusal(instance, DCM_LossyImageCompression, found, "00: lossy pixels are not quantitative");
}

void require_decay_claim(const Instance& instance) {
  const std::string& decay = instance.decay_correction;
  if (decay != "START" && decay != "ADMIN" && decay != "NONE")
    throw refusal(instance, DCM_DecayCorrection, decay, "START, ADMIN or NONE");
  const bool has_decay = has_correction(instance, "DECY");
  if (has_decay != (decay != "NONE"))
    throw refusal(instance, DCM_DecayCorrection, decay,
                  has_decay ? "START or ADMIN, for CorrectedImage holds DECY" : "NONE, for CorrectedImage lacks DECY");
}

std::size_t Series::file_count() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < instances.size(); ++i) count += i == 0 || instances[i].file != instances[i - 1].file;
  return count;
}

Scan scan_for_pet(const std::vector<fs::path>& paths, unsigned threads) {
  std::vector<fs::path> files = files_under(paths);
  std::vector<FileRead> read = read_files(files, threads);
  if (auto referred = files_by_directory(paths, files, read)) {
    files = std::move(*referred);
    read = read_files(files, threads);
  }

  Scan scan;
  for (const FileRead& file : read)
    if (!file.damage.empty()) scan.damaged.push_back(file.damage);
  std::map<std::string, std::size_t> index_of_kind;
  bool is_any_dicom = !scan.damaged.empty();
  for (FileRead& file : read)
    for (Instance& slice : file.slices) {
      is_any_dicom = true;
      if (!slice.is_classic_pet() && !slice.is_enhanced_pet()) {
        ++scan.other[slice.sop_class];
        continue;
      }
      const auto [entry, is_new] = index_of_kind.try_emplace(slice.kind(), scan.series.size());
      if (is_new) scan.series.emplace_back();
      scan.series[entry->second].instances.push_back(std::move(slice));
    }
  std::ranges::for_each(scan.series, set_series_type);
  if (!is_any_dicom)
    throw bad_input(join(paths), "no DICOM object in " + std::to_string(files.size()) + " files", "a PET series");
  return scan;
}

Series choose_series(const Scan& scan, const std::string& series_uid, const std::string& where) {
  if (!scan.damaged.empty()) throw InputError(scan.damaged.front());
  std::vector<const Series*> all, chosen;
  for (const Series& series : scan.series) {
    all.push_back(&series);
    if (series_uid.empty() || series.first().series_uid == series_uid) chosen.push_back(&series);
  }
  if (all.empty()) throw bad_input(where, other_classes(scan), "a PET series");
  if (chosen.empty()) throw bad_input(where, "no series " + series_uid + "; there are: " + list_of(all), "that series");
  if (chosen.size() == 1) return *chosen.front();
  if (series_uid.empty() && are_frames_of_one_scan(chosen)) return joined(chosen);
  std::set<std::string> uids;
  for (const Series* series : chosen) uids.insert(series->first().series_uid);
  throw bad_input(where, std::to_string(chosen.size()) + " PET images: " + list_of(chosen),
                  uids.size() > 1 ? "one; choose by series UID" : "one image in a series");
}

std::vector<std::string> quantification_problems(const Series& series, bool allows_lossy) {
  std::vector<std::string> problems;
  const auto add = [&](const auto& check) {
    try {
      check();
    } catch (const InputError& error) {
      problems.emplace_back(error.what());
    }
  };
  const auto add_first = [&](Check check) { add([&] { std::ranges::for_each(series.instances, check); }); };
  add_first([](const Instance& instance) {
    if (!instance.problem.empty()) throw InputError(instance.problem);
  });
  const bool are_all_read = problems.empty();
  for (const Check check : {check_units, check_series_type, require_emission, check_corrections}) add_first(check);
  if (!allows_lossy) add_first(require_lossless);
  if (are_all_read) add([&] { require_agreement(series); });
  add([&] { require_whole_concatenations(series); });
  return problems;
}

}  // namespace pet::detail
