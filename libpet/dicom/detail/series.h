// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "libpet/dicom/detail/instance.h"

namespace pet::detail {

/// Slices that belong to one image: same series, image type, units and corrections. In order of file names.
struct Series {
  std::vector<Instance> instances;
  std::size_t joined = 1;  ///< series of the files, of which each holds one frame of the scan
  const Instance& first() const { return instances.front(); }
  std::size_t file_count() const;
};

/// What files and folders (searched recursively) hold; of a DICOMDIR, what it refers to.
struct Scan {
  std::vector<Series> series;                ///< classic and Enhanced PET, in order of the first file name of each
  std::vector<std::string> damaged;          ///< one message for each DICOM file whose header is cut short or malformed
  std::map<std::string, std::size_t> other;  ///< SOP class UID -> files, of everything DICOM that is no PET image
};

/// Reads the headers of all files. Files that are not DICOM are passed over. Throws InputNotFound for a path that does
/// not exist or a file that cannot be opened, InputError where nothing is DICOM.
Scan scan_for_pet(const std::vector<std::filesystem::path>& paths, unsigned threads);

/// The series with that UID or, if it is empty, the only one. Series that hold one frame each, at different times, and
/// say the same of everything else (converters of older formats write them) are joined to one scan. Throws InputError
/// that lists what there is, and for a damaged file, for it may belong to the series.
Series choose_series(const Scan& scan, const std::string& series_uid, const std::string& where);

/// Each throws InputError that names file and tag: counts that are not of emission, lossy pixels, and a Decay
/// Correction that is none, or says another thing than the list of corrections.
void require_emission(const Instance& instance);
void require_lossless(const Instance& instance);
void require_decay_claim(const Instance& instance);
/// Whether the list of corrections holds a word.
bool has_correction(const Instance& instance, std::string_view word);

/// Reasons why the stored values are not activity concentrations that kinetics can use, each a whole message:
/// attributes that could not be read, units, series type, counts source, corrections, lossy compression, files that
/// disagree about what holds for all of them.
std::vector<std::string> quantification_problems(const Series& series, bool allows_lossy = false);

}  // namespace pet::detail
