// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/fuzz_input.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include "libpet/error.h"

namespace pet::fuzz {
namespace {

namespace fs = std::filesystem;

// One for the whole run; tests/fuzz/run.sh removes the folder that it is in.
const fs::path& folder() {
  static const fs::path path = [] {
    std::string name = (fs::temp_directory_path() / "occupet-fuzz-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return fs::path(name);
  }();
  return path;
}

void write_files(std::string_view input, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::size_t end = input.find(separator);
    const std::string_view file = input.substr(0, end);
    std::ofstream(folder() / name, std::ios::binary).write(file.data(), static_cast<std::streamsize>(file.size()));
    if (end == std::string_view::npos) return;
    input.remove_prefix(end + separator.size());
  }
}

void require_one_line(std::string_view message) {
  const bool is_text = std::ranges::none_of(message, [](char c) { return static_cast<unsigned char>(c) < 32; });
  if (!is_text || message.empty()) throw std::logic_error("a message that is not one line of text");
}

}  // namespace

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

int try_files(std::string_view input,
              const std::vector<std::string>& names,
              const std::function<void(const fs::path& folder)>& read) {
  write_files(input, names);
  try {
    read(folder());
  } catch (const InputError& error) {
    require_one_line(error.what());
  }
  for (const std::string& name : names) fs::remove(folder() / name);
  return 0;
}

int try_reader(std::string_view input, const std::vector<Reader>& readers) {
  if (input.empty()) return -1;
  const auto reader = std::ranges::find(readers, input.front(), &Reader::letter);
  if (reader == readers.end()) return -1;  // libFuzzer drops it
  return try_files(input.substr(1), reader->names, reader->read);
}

}  // namespace pet::fuzz
