// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "libpet/provenance.h"
#include "libpet/tac_table.h"

namespace pet {

/// What a person states of a table. Empty: as the file says. Units count where the file states none; PMOD and Turku
/// tables without one are refused unless it is stated here ("unknown" leaves the numbers as they are).
struct TacTableOptions {
  std::string start_column;
  std::string end_column;
  std::string unit;       ///< "kBq/mL", "Bq/mL", ..., "unknown"
  std::string time_unit;  ///< "s" or "min"
  /// The `_pet.json` of the image, in place of the one in the folder of the table.
  std::string image_sidecar{};
  std::string volumes{};  ///< the `_morph.tsv`, in place of the one that the name finds
};

/// Reads a BIDS / PETPrep `_tacs.tsv`: `frame_start frame_end` (or FrameTimesStart FrameTimesEnd) in seconds, one
/// column a region, and its JSON sidecar (same name, .json; else `tacs.json` in the same folder) with `Units`, tracer,
/// half-life and dose, and for columns of times in minutes `{"frame_start": {"Units": "min"}}`. What that does not say
/// is taken from the image's sidecar `_pet.json` in the same folder, if sub, ses and the other entities of the name
/// leave no doubt which it is. Volumes come from `_morph.tsv` beside the table or in ../anat, if there is one. Units
/// may be Bq/mL, kBq/mL and their usual spellings; "unknown", or none anywhere, leaves the numbers as they are. Times
/// are moved to count from InjectionStart, activities to be corrected for decay to it (ImageDecayCorrected,
/// ImageDecayCorrectionTime). Columns for frame times, durations and weights are no regions. Throws InputError (file,
/// line, column) for cells that are not finite numbers, frames that do not last or overlap, other frames in the table's
/// own sidecar, a half-life that contradicts the nuclide.
///
/// Also reads PMOD .tac (units in brackets after the titles), Turku DFT, and the same tables separated by commas or
/// semicolons. Numbers have a decimal point. Borders of frames that differ by 2 ms or less are one border.
TacTable read_tac_table(const std::string& path, const TacTableOptions& options = {});

/// The table as PMOD .tac: seconds and kBq/cc; an unknown unit is written as "1/1". Throws UsageError as
/// `tac_table_text`.
std::string pmod_tac_text(const TacTable& table);
/// The sidecar of a PMOD .tac: as that of the BIDS table, with kBq/mL.
std::string pmod_tac_sidecar_text(const TacTable& table, const Provenance& provenance, const std::string& extra_json);

/// The table in seconds and Bq/mL as text. An unknown unit is written as it was read. Throws UsageError
/// for a region with the name of a column that is none (time, frame, index, weight, duration, ...): it would be lost.
std::string tac_table_text(const TacTable& table);
/// Its sidecar: Units, FrameTimesStart, FrameDuration, tracer fields that are known, decay correction, provenance.
/// `extra_json` is an object whose members are added ("{}" for none).
std::string tac_sidecar_text(const TacTable& table, const Provenance& provenance, const std::string& extra_json);
/// `index name volume-mm3`, for the regions that have a volume; without an `index` they are counted from 1.
std::string morph_table_text(const TacTable& table, const std::vector<int>& index);

}  // namespace pet
