// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/provenance.h"

namespace pet {

/// The text of a JSON sidecar: the members of `members_json` (an object) in their order, then SoftwareName,
/// SoftwareVersion, CommandLine, Sources and SourcesSHA256. Throws std::invalid_argument for text that is no object.
std::string sidecar_text(const std::string& members_json, const Provenance& provenance);

/// Each table followed by the sidecars that its reader takes and that exist, every file once. TAC tables: FILE.json,
/// else tacs.json in the folder, and the `_pet.json` that fills what that leaves open. Input functions (columns time
/// and AIF): FILE.json, else inputfunction.json. Tables of parameters and occupancies (column name) and NIfTI images:
/// FILE.json. What is no regular file has none. Throws what the readers throw for a file that cannot be read.
std::vector<std::string> with_sidecars(const std::vector<std::string>& tables);

/// A table of any columns followed by FILE.json, where that exists.
std::vector<std::string> with_own_sidecar(const std::string& table);

/// The unit that FILE.json gives for a column (COLUMN/Units); empty where it says nothing or "unknown". Throws what
/// the reader of sidecars throws.
std::string units_of_column(const std::string& table, const std::string& column);

}  // namespace pet
