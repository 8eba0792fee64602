// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>

#include "tests/libpet/dicom/simulated_series.h"
#include "tests/libpet/dicom/validator.h"

using namespace pet;
using namespace pet::test;

TEST_CASE("dciodvfy finds no error in a written PET series", "[dicom]") {
  if (!is_validator_there()) {
    WARN("dciodvfy is not installed; nothing was validated");
    return;
  }
  for (const auto decay :
       {DecayCorrection::Found::start, DecayCorrection::Found::administration, DecayCorrection::Found::none}) {
    const TemporaryFolder folder;
    const auto files = write_pet_series(small_image(), small_options(decay), folder.path());
    const std::string text = validator_output(files.back());
    INFO(text);
    CHECK(text.find("PETImage") != std::string::npos);
    CHECK(text.find("Error") == std::string::npos);
  }
}
