// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libpet/image.h"

namespace pet {

/// What a folder holds, without pixels: one entry a PET series, plus problems found. Never holds identity.
struct SeriesSummary {
  std::string series_uid;
  std::string description;
  std::string manufacturer;
  std::string model_name;
  std::string units;             ///< as stored: BQML, CNTS, ...
  std::string series_type;       ///< DYNAMIC\IMAGE
  std::string decay_correction;  ///< START, ADMIN, NONE
  std::string transfer_syntax;
  std::size_t files = 0;
  Grid grid;
  Frames frames;  ///< relative to injection where known, else to the first frame
  bool is_time_zero_injection = false;
  DecayCorrection decay;
  Radiopharmaceutical tracer;
  std::vector<std::string> warnings;
  std::vector<std::string> problems;  ///< reasons why the series cannot be read for quantification
};

struct PetReadOptions {
  std::string series_uid;                     ///< which series of the folder; empty: the only PET series
  std::optional<std::string> injection_time;  ///< overrides the header: "2026-01-31T12:34:56" or "12:34:56"
  unsigned threads = 0;
  /// To what stored values are corrected, in place of what the header tells: "scan-start", "injection", or a time as
  /// above.
  std::optional<std::string> decay_reference{};
  bool allows_lossy = false;  ///< read pixels that were compressed with loss; with a warning
};

/// Scans files and folders (recursively) for PET series; a DICOMDIR stands for the files it refers to. A damaged DICOM
/// file is a problem of every series, for it may belong to any. Throws InputNotFound, and InputError where there is no
/// DICOM object or nothing but damaged ones.
std::vector<SeriesSummary> summarize_pet_series(const std::vector<std::filesystem::path>& paths, unsigned threads);

/// Reads one dynamic PET series of a folder, or of a DICOMDIR (classic, Enhanced or Legacy Converted Enhanced) into
/// memory, in parallel: first all headers, which give every slice its place, then the pixels straight into it. Values
/// are rescaled per instance in double, turned to kBq/mL and corrected to injection; without an injection time, time
/// zero is the start of the scan and `time_zero` is empty. Throws InputNotFound, UsageError for an injection time that
/// is none, and InputError (docs/formats.md lists every reason) that names file and tag.
DynamicImage read_pet_series(const std::filesystem::path& folder, const PetReadOptions& options = {});

}  // namespace pet
