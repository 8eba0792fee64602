// SPDX-License-Identifier: Apache-2.0
// Digital reference objects of the Image Biomarker Standardisation Initiative: every correct reader finds the same
// standardised uptake (README.md of reference/dicom_ibsi_suv).
#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <filesystem>

#include "libpet/dicom/pet_image.h"
#include "libpet/dicom/suv_image.h"
#include "libpet/error.h"
#include "libpet/io/nifti.h"
#include "libpet/io/tsv.h"
#include "libpet/labels.h"
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

TEST_CASE("Every reference object shows the uptake that is expected of it", "[dicom][reference]") {
  if (!are_objects_there()) return;
  const LabelMap phantom = read_label_map(objects / "DRO_mask.nii.gz");
  const Tsv expected = Tsv::read(objects / "expected_suv.tsv");
  CHECK(expected.rows() == 9);
  for (std::size_t r = 0; r < expected.rows(); ++r) {
    const std::string& name = expected.cell(r, expected.column("dro"));
    INFO(name);
    const SuvImage image = read_suv(objects / name / "PT", SuvType::bw);
    const LabelMap inside = align_labels(phantom, image.grid, name);
    std::vector<float> values;
    for (std::size_t v = 0; v < image.voxels.size(); ++v)
      if (inside.labels[v] != 0) values.push_back(image.voxels[v]);
    REQUIRE(values.size() == 203202);  // README of the set
    std::ranges::sort(values);
    // Its integers are coarse (slope 0.01).
    const double tolerance = name == "DRO_2_3" ? 0.03 : 0.005;
    const auto is = [&](float value, const char* column) {
      CHECK(static_cast<double>(value) ==
            Approx(expected.required_number(r, expected.column(column))).margin(tolerance));
    };
    is(values.front(), "suv_min");
    is(values[values.size() / 2], "suv_median");
    is(values.back(), "suv_max");
  }
}

TEST_CASE("Uptake of one kind becomes another by the sizes alone, and says what it lacks", "[dicom][reference]") {
  if (!are_objects_there()) return;
  const SuvImage by_weight = read_suv(objects / "DRO_0_0/PT", SuvType::bw);
  const SuvImage by_surface = read_suv(objects / "DRO_0_0/PT", SuvType::bsa);
  const SuvImage from_lean_mass = read_suv(objects / "DRO_2_1/PT", SuvType::bsa);
  CHECK(by_surface.unit == "cm2/mL");
  const auto largest = [](const SuvImage& image) {
    return static_cast<double>(*std::ranges::max_element(image.voxels));
  };
  // 70 kg, 1.75 m: 1.8481 m^2 (0.007184 x 70^0.425 x 175^0.725).
  CHECK(largest(by_surface) / largest(by_weight) == Approx(18481.0 / 70000.0).epsilon(1e-4));
  CHECK(largest(from_lean_mass) == Approx(largest(by_surface)).epsilon(1e-3));
  CHECK_THROWS_AS(read_suv(objects / "DRO_0_0/RS", SuvType::bw), InputError);
}

TEST_CASE("An injection time without date is on the day before a scan after midnight", "[dicom][reference]") {
  if (!are_objects_there()) return;
  CHECK(read_pet_series(objects / "DRO_4_2/PT").time_zero == "2025-01-01T23:30:00.000");
}
