// SPDX-License-Identifier: Apache-2.0
#include "libpet/decay.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>

#include "libpet/error.h"

namespace {

// Mean of 2^(-t / half-life) over the frame by Simpson's rule.
double mean_decay(double start_min, double end_min, double half_life_min) {
  constexpr int intervals = 2000;
  const double step = (end_min - start_min) / intervals;
  double sum = 0.0;
  for (int i = 0; i <= intervals; ++i) {
    const double weight = i == 0 || i == intervals ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0);
    sum += weight * std::exp2(-(start_min + i * step) / half_life_min);
  }
  return sum / (3.0 * intervals);
}

}  // namespace

TEST_CASE("The decay factor undoes the mean decay over the frame", "[decay]") {
  for (const double end_min : {10.1, 15.0, 80.0}) {
    const double mean = mean_decay(10.0, end_min, 20.334);
    CHECK(pet::frame_decay_factor(10.0, end_min, 20.334) * mean == Approx(1.0).epsilon(1e-12));
  }
  CHECK(pet::frame_decay_factor(-5.0, 5.0, 2.0) * mean_decay(-5.0, 5.0, 2.0) == Approx(1.0).epsilon(1e-9));
}

TEST_CASE("The decay factor of a short frame tends to that of its start", "[decay]") {
  CHECK(pet::frame_decay_factor(20.0, 20.0, 20.0) == Approx(2.0).epsilon(1e-14));
  CHECK(pet::frame_decay_factor(20.0, 20.0 + 1e-12, 20.0) == Approx(2.0).epsilon(1e-12));
  CHECK(pet::frame_decay_factor(20.0, 20.0 + 1e-9, 20.0) == Approx(2.0).epsilon(1e-9));
}

TEST_CASE("The reference time of a decay factor moves it by powers of two a half-life", "[decay]") {
  const double from_injection = pet::frame_decay_factor(40.0, 45.0, 10.0);
  CHECK(pet::frame_decay_factor(40.0, 45.0, 10.0, 20.0) == Approx(from_injection / 4.0).epsilon(1e-14));
}

TEST_CASE("Activity corrected to a later time grows when it is corrected to an earlier one", "[decay]") {
  CHECK(pet::decay_reference_shift(20.0, 0.0, 20.0) == Approx(2.0).epsilon(1e-14));
  CHECK(pet::decay_reference_shift(0.0, 40.0, 20.0) == Approx(0.25).epsilon(1e-14));
}

TEST_CASE("A half-life that is not a positive time is refused", "[decay]") {
  for (const double bad : {0.0, -1.0, std::numeric_limits<double>::infinity(), std::nan("")})
    CHECK_THROWS_AS(pet::decay_constant(bad), pet::InputError);
}

TEST_CASE("Radionuclides are known under the spellings of BIDS and DICOM", "[decay]") {
  for (const char* name : {"C11", "11C", "C-11", "^11^Carbon", "^11^C", "[11C]", "c11"}) {
    INFO(name);
    CHECK(pet::half_life_of(name).value_or(0.0) == Approx(20.334));
  }
  CHECK(pet::half_life_of("^18^Fluorine").value_or(0.0) == Approx(109.77));
  for (const char* name : {"C14", "F11", "", "11", "Carbon", "Tc99m"}) {
    INFO(name);
    CHECK_FALSE(pet::half_life_of(name).has_value());
  }
}
