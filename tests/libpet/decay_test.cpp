// SPDX-License-Identifier: Apache-2.0
#include "libpet/decay.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>

#include "libpet/error.h"

namespace {

TEST_CASE("After one half-life half is left", "[decay]") {
  CHECK(std::exp(-pet::decay_constant(20.334) * 20.334) == Approx(0.5).epsilon(1e-15));
}

TEST_CASE("A half-life that is not a positive time is refused", "[decay]") {
  for (const double half_life :
       {0.0, -1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    INFO(half_life);
    CHECK_THROWS_AS(pet::decay_constant(half_life), pet::InputError);
    CHECK_THROWS_AS(pet::frame_decay_factor(0.0, 1.0, half_life), pet::InputError);
  }
}

TEST_CASE("The decay factor of a frame undoes the mean of the decay over it", "[decay]") {
  // Mean of 2^(-t/h) over [a, b] = h (2^(-a/h) - 2^(-b/h)) / (ln 2 (b - a)).
  for (const auto& [a, b, h] : {std::array{0.0, 1.0, 20.334}, std::array{110.0, 120.0, 20.334},
                                std::array{-3.0, 2.0, 2.0}, std::array{5.0, 305.0, 109.77}}) {
    INFO(a << " to " << b << " min, half-life " << h);
    const double mean = h * (std::exp2(-a / h) - std::exp2(-b / h)) / (std::log(2.0) * (b - a));
    CHECK(pet::frame_decay_factor(a, b, h) == Approx(1.0 / mean).epsilon(1e-12));
    CHECK(pet::frame_decay_factor(a, b, h, a) == Approx(std::exp2(-a / h) / mean).epsilon(1e-12));
  }
}

TEST_CASE("The decay factor has no jump where frames become short", "[decay]") {
  const double lambda = std::log(2.0) / 20.0;
  for (double length = 1e-3; length > 1e-15; length /= 3.0) {
    INFO(length);
    const double x = lambda * length;
    CHECK(pet::frame_decay_factor(0.0, length, 20.0) == Approx(1.0 + x / 2.0 + x * x / 12.0).epsilon(1e-14));
  }
  CHECK(pet::frame_decay_factor(20.0, 20.0, 20.0) == Approx(2.0).epsilon(1e-15));
}

TEST_CASE("Decay factors agree with the reference values", "[decay][reference]") {
  std::ifstream file(std::filesystem::path(OCCUPET_REFERENCE_DIR) / "synthetic" / "occupancy_reference.json");
  if (!file) {
    WARN("no reference data: skipped");
    return;
  }
  const auto cases = nlohmann::json::parse(file).at("decay");
  INFO(cases.dump());
  REQUIRE(cases.is_array());
  for (const auto& one : cases)
    CHECK(pet::frame_decay_factor(one.at("start_s").get<double>() / 60.0, one.at("end_s").get<double>() / 60.0,
                                  one.at("halflife_s").get<double>() / 60.0) ==
          Approx(one.at("factor").get<double>()).epsilon(1e-10));
}

TEST_CASE("Moving the reference one half-life earlier doubles the activity", "[decay]") {
  CHECK(pet::decay_reference_shift(20.0, 0.0, 20.0) == Approx(2.0).epsilon(1e-15));
  CHECK(pet::decay_reference_shift(0.0, 20.0, 20.0) == Approx(0.5).epsilon(1e-15));
  CHECK(pet::decay_reference_shift(7.0, 7.0, 20.0) == 1.0);
}

TEST_CASE("Every spelling of a nuclide has the half-life of the literature", "[decay]") {
  for (const char* spelling : {"C11", "11C", "C-11", "[11C]", "^11^Carbon", "^11^C", "Carbon 11", "c11"}) {
    INFO(spelling);
    REQUIRE(pet::half_life_of(spelling));
    CHECK(*pet::half_life_of(spelling) == Approx(20.36).epsilon(0.003));
  }
  // As scanners write them, in seconds.
  CHECK(*pet::half_life_of("C11") == Approx(1220.04 / 60.0).epsilon(1e-12));
  CHECK(*pet::half_life_of("F18") == Approx(6586.2 / 60.0).epsilon(1e-12));
  CHECK(*pet::half_life_of("^18^Fluorine") == *pet::half_life_of("F18"));
  // As evaluated, in minutes, to the digits that are given there.
  CHECK(*pet::half_life_of("O15") == Approx(122.24 / 60.0).epsilon(1e-12));
  CHECK(*pet::half_life_of("N13") == Approx(9.965).epsilon(1e-12));
  CHECK(*pet::half_life_of("68Ga") == Approx(67.71).epsilon(1e-12));
  CHECK(*pet::half_life_of("Rb82") == Approx(1.2575).epsilon(1e-12));
  CHECK(*pet::half_life_of("Cu64") == Approx(12.701 * 60.0).epsilon(1e-4));
  CHECK(*pet::half_life_of("Zr89") == Approx(78.41 * 60.0).epsilon(2e-4));
  CHECK(*pet::half_life_of("I124") == Approx(4.176 * 1440.0).epsilon(2e-6));
}

TEST_CASE("A nuclide that is not known has no half-life", "[decay]") {
  for (const char* text : {"", "C", "11", "C12", "F19", "Cu62", "FDG", "Tc99m", "C111"}) {
    INFO(text);
    CHECK_FALSE(pet::half_life_of(text));
  }
}

}  // namespace
