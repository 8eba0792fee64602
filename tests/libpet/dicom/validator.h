// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace pet::test {

/// Whether the DICOM validator dciodvfy (package dicom3tools) can be run.
bool is_validator_there();

/// What it says about a file: the object's kind, then lines that start with "Error" or "Warning".
std::string validator_output(const std::filesystem::path& file);

}  // namespace pet::test
