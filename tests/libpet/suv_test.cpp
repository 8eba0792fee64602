// SPDX-License-Identifier: Apache-2.0
#include "libpet/suv.h"

#include <catch2/catch.hpp>

#include "libpet/error.h"

using namespace pet;

TEST_CASE("Sizes of uptake are those of the published formulas", "[suv]") {
  // By hand: 70 kg, 1.75 m, BMI 22.857142857, (W/H)^2 = 0.16.
  const Body man{70.0, 1.75, 'M'};
  const Body woman{70.0, 1.75, 'F'};
  const auto size = [](SuvType type, const Body& body) { return suv_size(type, body, "f.dcm"); };
  CHECK(size(SuvType::bw, man) == 70.0);
  CHECK(size(SuvType::lbm, man) == Approx(57.8).epsilon(1e-12));
  CHECK(size(SuvType::lbmjames128, man) == Approx(56.52).epsilon(1e-12));
  CHECK(size(SuvType::lbm, woman) == Approx(51.22).epsilon(1e-12));
  CHECK(size(SuvType::lbmjames128, woman) == Approx(51.22).epsilon(1e-12));
  CHECK(size(SuvType::lbmjanma, man) == Approx(648900.0 / 11617.142857142857).epsilon(1e-12));
  CHECK(size(SuvType::lbmjanma, woman) == Approx(648900.0 / 14357.142857142857).epsilon(1e-12));
  CHECK(size(SuvType::ibw, man) == Approx(72.38).epsilon(1e-12));
  CHECK(size(SuvType::ibw, woman) == Approx(66.43).epsilon(1e-12));
  // Du Bois' own table: 70 kg and 175 cm have 1.85 m^2.
  CHECK(size(SuvType::bsa, man) == Approx(1.85).margin(0.005));
  CHECK(size(SuvType::ibw, {70.0, 1.75, 'O'}) == Approx(0.5 * (72.38 + 66.43)).epsilon(1e-12));
}

TEST_CASE("A size that lacks what it is made of names it", "[suv]") {
  const auto message = [](SuvType type, const Body& body) -> std::string {
    try {
      suv_size(type, body, "f.dcm");
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  using Catch::Contains;
  CHECK_THAT(message(SuvType::bw, {}), Contains("f.dcm") && Contains("no weight"));
  CHECK_THAT(message(SuvType::bsa, {70.0, {}, 'M'}), Contains("no height"));
  CHECK_THAT(message(SuvType::lbm, {70.0, 1.75, '\0'}), Contains("no sex"));
  CHECK_THAT(message(SuvType::ibw, {{}, 0.5, 'M'}), Contains("a size of -"));
  CHECK_THROWS_AS(suv_type("BW"), UsageError);
  for (const char* name : {"bw", "lbm", "lbmjames128", "lbmjanma", "ibw", "bsa"})
    CHECK(name_of(suv_type(name)) == name);
}

TEST_CASE("The highest SUV of curves is activity times weight over dose, where all three are known", "[suv]") {
  TacTable table;
  table.frames = Frames({{0.0, 1.0}, {1.0, 2.0}});
  table.regions = {"a", "b"};
  table.activity = {{1.0, 8.0}, {2.0, 3.0}};
  table.unit = ActivityUnit::kBq_per_mL;
  CHECK_FALSE(peak_suv(table, 70.0));
  table.tracer.injected_activity_MBq = 400.0;
  // 8 kBq/mL x 70000 g / 400000 kBq.
  CHECK(peak_suv(table, 70.0).value() == Approx(1.4));
  table.unit = ActivityUnit::unknown;
  CHECK_FALSE(peak_suv(table, 70.0));
}

TEST_CASE("Peaks of curves and plasma compare in one unit", "[suv]") {
  TacTable table;
  table.frames = Frames({{0.0, 1.0}, {1.0, 2.0}});
  table.regions = {"a"};
  table.activity = {{1.0, 8.0}};
  InputFunction input;
  CHECK_FALSE(peak_ratio(table, input));
  input.time_min = {0.0, 1.0};
  input.parent_plasma = {0.0, 40.0};
  CHECK_FALSE(peak_ratio(table, input));
  table.unit = ActivityUnit::kBq_per_mL;
  CHECK(peak_ratio(table, input).value() == Approx(0.2));
  input.parent_plasma = {0.0, 0.0};
  CHECK_FALSE(peak_ratio(table, input));
}
