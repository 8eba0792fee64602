// SPDX-License-Identifier: Apache-2.0
#include "tests/run_command.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::filesystem::path fresh_folder() {
  std::string name = (std::filesystem::temp_directory_path() / "occupet-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  return name;
}

}  // namespace

CommandResult run_command(const std::string& line) {
  const std::filesystem::path folder = fresh_folder();
  const std::string out = (folder / "out").string();
  const std::string err = (folder / "err").string();
  const int raw = std::system(("{ " + line + "\n} >'" + out + "' 2>'" + err + "' </dev/null").c_str());
  CommandResult result{WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw), content(out), content(err)};
  std::filesystem::remove_all(folder);
  return result;
}
