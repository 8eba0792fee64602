// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libpet/io/bids_dataset.h"
#include "tools/workflow/configuration.h"

namespace pet {

/// A dataset by the name that BIDS URIs of results give it: "raw", "petprep", ...
struct NamedDataset {
  std::string name;
  std::filesystem::path path;
};

/// What a scan is in a study of occupancy.
enum class ScanRole { baseline, drug, none };

/// One PET scan of a subject and the files that belong to it.
struct Scan {
  BidsLabels entities;                           ///< those of sub, ses, task, trc, rec, run that its names have
  std::optional<std::filesystem::path> sidecar;  ///< raw _pet.json
  std::vector<BidsFile> images;                  ///< raw, then preprocessed
  std::vector<BidsFile> tacs;
  std::vector<BidsFile> labels;  ///< dseg images
  std::vector<BidsFile> blood;   ///< raw recordings
  std::vector<BidsFile> inputs;  ///< input functions of others
  ScanRole role = ScanRole::none;
  std::string tracer;        ///< TracerName of the sidecar
  std::string drug;          ///< PharmaceuticalName; empty: none named
  std::string dose;          ///< "25 mg"; empty: not stated
  std::string plasma_level;  ///< "17 ug/L"; empty: not stated

  std::string session() const;
  /// "ses-drug run-2", for messages.
  std::string name() const;
};

/// The files of one subject, sorted into scans.
struct SubjectFiles {
  std::string label;
  std::vector<Scan> scans;       ///< in order of their entities
  std::vector<BidsFile> tables;  ///< dseg.tsv and morph.tsv
  /// Scans of sessions that were not asked for, with sidecar, drug and role only; what is wrong with them is passed
  /// over.
  std::vector<Scan> others;
  std::optional<double> weight_kg;  ///< participants.tsv of the raw dataset
};

/// Finds the scans of a subject in the raw dataset (the first) and in those derived from it, passing over what lies in
/// `results` (unless the whole dataset lies there, as in RESULTS/sourcedata/bids). `sessions`: only these; empty: all.
/// Throws InputError for a file that fits several scans, a sidecar that cannot be read, and a scan whose session and
/// sidecar disagree on whether there was a drug.
SubjectFiles subject_files(const std::vector<NamedDataset>& datasets,
                           const std::string& subject,
                           const std::filesystem::path& results,
                           const std::vector<std::string>& sessions,
                           const Configuration& configuration);

}  // namespace pet
