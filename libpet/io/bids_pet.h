// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libpet/dicom/scan_description.h"
#include "libpet/image.h"
#include "libpet/provenance.h"

namespace pet {

/// What names a PET image in a BIDS dataset. Labels are letters and digits; empty: the entity is left out.
struct BidsEntities {
  std::string subject;
  std::string session;
  std::string task;
  std::string tracer;
  std::string reconstruction;
  std::string run;
  std::string description{};  ///< of derived data
};

/// "sub-01/ses-a/pet/sub-01_ses-a_trc-X_rec-Y_run-1_desc-Z_pet", without extension. Throws UsageError for a label of
/// other characters than letters and digits, a run that is no whole number, and where there is no subject.
std::filesystem::path bids_pet_path(const BidsEntities& entities);

/// The label of a tracer: that of the description of this name or alias in data_folder(), else its letters and digits.
std::string tracer_label(const std::string& tracer_name);

/// What the user adds to a sidecar: the members of a JSON object as text, of which `key=value` pairs replace some. A
/// value that is JSON is taken as such, anything else as text. Throws UsageError for a pair without a key, a key that
/// PET-BIDS does not know (with the nearest), one that follows from the image (frame times, units, decay), or a value
/// of another kind than the key's.
std::string given_members(const std::string& members_json, const std::vector<std::string>& pairs);
/// The same members from a file. Throws InputError.
std::string read_members(const std::filesystem::path& path);
/// A member of such an object that is text; empty if there is none.
std::string text_member(const std::string& members_json, const std::string& key);

/// A `_pet.json`, and what it could not say.
struct PetSidecar {
  std::string text;
  std::vector<std::string> missing;        ///< keys that PET-BIDS requires and nobody knows
  std::vector<std::string> not_available;  ///< keys that it requires and that are "n/a"
  std::vector<std::string> replaced;       ///< keys whose values the header states otherwise
};

/// The sidecar (BIDS 1.9, PET) of an image that holds the values as the scanner stored them, in Bq/mL: times in s
/// after injection, or after the start of the scan where the injection is not known. What neither the header nor
/// `given_json` says is left out, and named in `missing`.
PetSidecar pet_sidecar(const DynamicImage& image,
                       const ScanDescription& scan,
                       const std::string& given_json,
                       const Provenance& provenance);

/// Throws InputError where the frames of a `_pet.json` cannot be: end times given as durations, lists of unequal length,
/// frames that overlap. A sidecar without them passes.
void require_sound_frames(const std::filesystem::path& pet_sidecar);

/// A `dataset_description.json`; `type` is "raw" or "derivative".
std::string dataset_description_text(const std::string& name, const std::string& type = "raw");

/// What the text of (0054,1103) Reconstruction Method says: "PSF+TOF 2i21s" is PSF+TOF with 2 iterations and 21
/// subsets.
struct Reconstruction {
  std::string name;
  std::vector<std::string> labels;  ///< "none" where the method has no parameters; empty: not known
  std::vector<std::string> units;
  std::vector<double> values;
};
Reconstruction parse_reconstruction(const std::string& text);

/// What (0018,1210) Convolution Kernel says: "XYZ Gauss2.00" is a filter of 2 mm.
struct ReconstructionFilter {
  std::string type;  ///< "none" for an all-pass filter; empty: not known
  std::optional<double> size_mm;
};
ReconstructionFilter parse_filter(const std::string& text);

}  // namespace pet
