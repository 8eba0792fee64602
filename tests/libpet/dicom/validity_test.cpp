// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <string>

#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using namespace pet::test;

namespace {

// What dciodvfy says about a file; its lines start with "Error" or "Warning".
std::string verdict(const std::filesystem::path& file) {
  const std::string command = "dciodvfy '" + file.string() + "' 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string text;
  std::array<char, 4096> buffer{};
  while (pipe && std::fgets(buffer.data(), buffer.size(), pipe)) text += buffer.data();
  if (pipe) pclose(pipe);
  return text;
}

bool is_validator_there() {
  return std::system("command -v dciodvfy > /dev/null 2>&1") == 0;
}

}  // namespace

TEST_CASE("A written PET series has no error in the eyes of dciodvfy", "[dicom]") {
  if (!is_validator_there()) {
    WARN("dciodvfy is not installed; nothing was validated");
    return;
  }
  for (const auto decay :
       {DecayCorrection::Found::start, DecayCorrection::Found::administration, DecayCorrection::Found::none}) {
    const TemporaryFolder folder;
    const auto files = write_pet_series(small_image(), small_options(decay), folder.path());
    const std::string text = verdict(files.back());
    INFO(text);
    CHECK(text.find("PETImage") != std::string::npos);
    CHECK(text.find("Error") == std::string::npos);
  }
}
