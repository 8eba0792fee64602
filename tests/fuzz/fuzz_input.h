// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace pet::fuzz {

/// Between the files of an input that stands for several.
inline constexpr std::string_view separator = "\n-- next file --\n";

std::string_view text_of(const std::uint8_t* data, std::size_t size);

/// Writes the files of an input under these names into a folder that holds nothing else, and reads them. Files
/// without a name are left out. That they cannot be used (InputError) is an answer, if its message is one line of text;
/// any other exception ends the program, which is a finding. Returns what libFuzzer wants of a target.
int try_files(std::string_view input,
              const std::vector<std::string>& names,
              const std::function<void(const std::filesystem::path& folder)>& read);

/// A reader that an input chooses by its first byte.
struct Reader {
  char letter = 0;
  std::vector<std::string> names;
  std::function<void(const std::filesystem::path& folder)> read;
};

int try_reader(std::string_view input, const std::vector<Reader>& readers);

}  // namespace pet::fuzz
