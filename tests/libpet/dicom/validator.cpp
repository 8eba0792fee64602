// SPDX-License-Identifier: Apache-2.0
#include "tests/libpet/dicom/validator.h"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace pet::test {

bool is_validator_there() {
  return std::system("command -v dciodvfy > /dev/null 2>&1") == 0;
}

std::string validator_output(const std::filesystem::path& file) {
  const std::string command = "dciodvfy '" + file.string() + "' 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer{};
  while (pipe && std::fgets(buffer.data(), buffer.size(), pipe)) text += buffer.data();
  if (pipe) pclose(pipe);
  return text;
}

}  // namespace pet::test
