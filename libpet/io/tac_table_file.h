// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "libpet/provenance.h"
#include "libpet/tac_table.h"

namespace pet {

/// Reads a BIDS / PETPrep `_tacs.tsv`: `frame_start frame_end` (or FrameTimesStart FrameTimesEnd) in seconds, one
/// column a region, and its JSON sidecar (same name, .json; else `tacs.json` in the same folder) with `Units`, tracer,
/// half-life and dose. Volumes come from `_morph.tsv` beside it, if there is one. Units may be Bq/mL, kBq/mL and their
/// usual spellings; without a sidecar the unit is unknown. Throws InputError (file, line, column) for cells that are
/// not finite numbers, negative durations, overlaps.
TacTable read_tac_table(const std::string& path);

/// The table in seconds and Bq/mL as text. An unknown unit is written as it was read.
std::string tac_table_text(const TacTable& table);
/// Its sidecar: Units, FrameTimesStart, FrameDuration, tracer fields that are known, decay correction, provenance.
/// `extra_json` is an object whose members are added ("{}" for none).
std::string tac_sidecar_text(const TacTable& table, const Provenance& provenance, const std::string& extra_json);
/// `index name volume-mm3`, for the regions that have a volume.
std::string morph_table_text(const TacTable& table, const std::vector<int>& index);

}  // namespace pet
