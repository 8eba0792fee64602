// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/run_command.h"

// A folder of its own for every test, in which commands run as a person would type them.
struct Workplace {
  std::filesystem::path path;

  Workplace() {
    std::string name = (std::filesystem::temp_directory_path() / "occupet-test-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Workplace() { std::filesystem::remove_all(path); }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  CommandResult run(const std::string& line) const {
    return run_command("cd '" + path.string() + "' && PATH=" + COMMANDS_DIR + ":$PATH && " + line);
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream file(path / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  bool has(const std::string& name) const { return std::filesystem::exists(path / name); }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path))
      names.push_back(entry.path().lexically_relative(path).string());
    std::sort(names.begin(), names.end());
    return names;
  }
};

// One line, as every refusal must be.
inline bool is_one_line(const std::string& text) {
  return !text.empty() && text.back() == '\n' && std::count(text.begin(), text.end(), '\n') == 1;
}
