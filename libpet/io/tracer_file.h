// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libpet/tracer.h"

namespace pet {

/// Reads one tracer description (docs/formats/tracer.md). Throws InputError with file and JSON path.
Tracer read_tracer(const std::string& path);

/// All tracers of a folder (`*.json`), in order of their file names.
std::vector<Tracer> read_tracers(const std::filesystem::path& folder);

/// The tracer with this name, label, alias or file name (case, blanks and hyphens ignored). Throws UsageError with the
/// nearest name. The folder of the library is data_folder() / "tracers".
Tracer find_tracer(const std::string& name, const std::filesystem::path& folder);

/// The same for a name that a file gives: nothing where no description has it.
std::optional<Tracer> described_tracer(const std::string& name, const std::filesystem::path& folder);

}  // namespace pet
