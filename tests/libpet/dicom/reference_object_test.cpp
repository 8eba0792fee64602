// SPDX-License-Identifier: Apache-2.0
// Digital reference objects of the Image Biomarker Standardisation Initiative: every correct reader finds the same
// standardised uptake (README.md of reference/dicom_ibsi_suv).
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>

#include "libpet/dicom/pet_image.h"
#include "tests/libpet/dicom/simulated_series.h"

using namespace pet;
using Catch::Contains;

namespace {

const std::filesystem::path objects = std::filesystem::path(OCCUPET_REFERENCE_DIR) / "dicom_ibsi_suv";

bool are_objects_there() {
  if (std::filesystem::is_directory(objects)) return true;
  WARN("the reference objects are not there; nothing was compared");
  return false;
}

// 368.08 MBq in 70 kg; the image is corrected to injection.
double uptake(double kBq_per_mL) {
  return kBq_per_mL * 70.0 / 368.08;
}

}  // namespace

TEST_CASE("Reference objects in Bq/mL show their standardised uptake", "[dicom][reference]") {
  if (!are_objects_there()) return;
  for (const char* name : {"DRO_0_0", "DRO_1_0", "DRO_2_5", "DRO_3_1", "DRO_3_3", "DRO_4_2"}) {
    INFO(name);
    const DynamicImage image = read_pet_series(objects / name / "PT");
    // The phantom's largest value is 4, of a background of 1.
    const float largest = *std::max_element(image.voxels.begin(), image.voxels.end());
    CHECK(uptake(static_cast<double>(largest)) == Approx(4.0).margin(0.005));
    CHECK(image.tracer.injected_activity_MBq.value() == Approx(368.08));
    CHECK(image.grid.size == std::array<int, 3>{256, 256, 20});
  }
}

TEST_CASE("Reference objects that are no activity at one time are refused for that reason", "[dicom][reference]") {
  if (!are_objects_there()) return;
  CHECK_THAT(test::refusal(objects / "DRO_2_1/PT"), Contains("(0054,1001)") && Contains("'GML'"));
  CHECK_THAT(test::refusal(objects / "DRO_2_3/PT"), Contains("(0054,1001)") && Contains("'CM2ML'"));
  CHECK_THAT(test::refusal(objects / "DRO_3_4/PT"), Contains("(0054,1000)") && Contains("WHOLEBODY"));
}

TEST_CASE("An injection time without date is on the day before a scan after midnight", "[dicom][reference]") {
  if (!are_objects_there()) return;
  CHECK(read_pet_series(objects / "DRO_4_2/PT").time_zero == "2025-01-01T23:30:00.000");
}
