// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace pet {

/// Entities of a BIDS name by their keys: {sub: 01, ses: a, seg: gtm}.
using BidsLabels = std::map<std::string, std::string>;

/// A file of a BIDS dataset, told by its name alone.
struct BidsFile {
  std::filesystem::path path;
  BidsLabels entities;
  std::string suffix;     ///< "pet", "tacs", ...
  std::string extension;  ///< ".nii.gz", ".tsv", ...

  /// The label of an entity; empty if the name does not have it.
  std::string entity(const std::string& key) const;
};

BidsFile bids_file(const std::filesystem::path& path);

/// Whether no entity that both have differs.
bool are_compatible(const BidsLabels& one, const BidsLabels& other);

/// "sub-01_ses-a_trc-X_seg-gtm_desc-Y_model-SRTM_meas-BPND_mimap.nii.gz": entities in the order of the specification
/// (BIDS 1.9, and the draft of PET derivatives for `model` and `meas`), those with an empty label left out. Throws
/// UsageError for a label of other characters than letters and digits and for an entity that there is not.
std::string bids_file_name(const BidsLabels& entities, const std::string& suffix, const std::string& extension);

/// The letters and digits of a text in lower case, as a label of a name; empty if it has none.
std::string bids_label(const std::string& text);

/// Labels of the subjects that have a folder in a dataset, sorted.
std::vector<std::string> bids_subjects(const std::filesystem::path& dataset);

/// The files of one subject in a dataset, sorted by path. Where it has no folder there, and `is_raw` is false, those in
/// the folders of the dataset (bloodstream's analyses). Folders that links lead to are followed.
std::vector<BidsFile> bids_files(const std::filesystem::path& dataset, const std::string& subject, bool is_raw = false);

/// The `dataset_description.json` of results: GeneratedBy, and where the datasets are that BIDS URIs name (name, path).
std::string derivative_description_text(const std::string& name,
                                        const std::vector<std::pair<std::string, std::string>>& links);

/// Whether a dataset says, in GeneratedBy of its `dataset_description.json`, that a software of this name made it.
bool is_generated_by(const std::filesystem::path& dataset, const std::string& software);

/// The `.bidsignore` of results: names that no release of the specification knows yet.
std::string bidsignore_text();

}  // namespace pet
