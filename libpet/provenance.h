// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace pet {

/// The version of this library, for example "0.1.0".
std::string version();

/// One input of a command: its path as given, with the names of its folders, and the SHA-256 of its bytes. For a
/// folder, the digest of the sorted list of (path below it, digest) of every file in it and in the folders below,
/// whether the command used the file or not. Links to folders are followed, each folder once.
struct InputChecksum {
  std::string path;
  std::string sha256;
};

/// SHA-256 of bytes as 64 hexadecimal digits.
std::string sha256(std::string_view bytes);
/// SHA-256 of a file or folder, of whose files so many are read at once (0: one a core). Throws InputNotFound with the
/// reason, also for a part of a folder that cannot be read.
InputChecksum checksum(const std::filesystem::path& path, unsigned threads = 1);

/// What every output records: who made it, with which command, from which bytes.
struct Provenance {
  std::string software = "Occupet";
  std::string software_version = version();
  std::string command_line;
  std::vector<InputChecksum> inputs;
};

/// What the identifiers of an output follow from: its role and the bytes of the inputs.
std::string identity_seed(const std::string& role, const Provenance& provenance);

}  // namespace pet
