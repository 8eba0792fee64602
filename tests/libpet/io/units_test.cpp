// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/units.h"

#include <catch2/catch.hpp>

namespace {

TEST_CASE("Every spelling of a concentration in use is known", "[units]") {
  for (const char* unit : {"Bq/mL", "Bq/ml", "BQML", "Bq/cc", "bq/ml", "[Bq/mL]", "Bq / mL", "Bq/cm3", "Bq/cm^3"}) {
    INFO(unit);
    CHECK(pet::in_kBq_per_mL(unit) == 1e-3);
  }
  for (const char* unit : {"kBq/mL", "kBq/ml", "KBq/ml", "kBq/cc"}) {
    INFO(unit);
    CHECK(pet::in_kBq_per_mL(unit) == 1.0);
  }
  CHECK(*pet::in_kBq_per_mL("MBq/mL") == Approx(1e3).epsilon(1e-15));
  CHECK(*pet::in_kBq_per_mL("nCi/cc") == Approx(0.037).epsilon(1e-15));  // 1 Ci = 37 GBq
  CHECK(*pet::in_kBq_per_mL("uCi/mL") == Approx(37.0).epsilon(1e-15));
}

TEST_CASE("What is no concentration has no factor", "[units]") {
  for (const char* unit : {"", "Bq", "1/1", "g/mL", "SUV", "CNTS", "kg/mL", "xBq/mL", "Bq/L", "mL"}) {
    INFO(unit);
    CHECK_FALSE(pet::in_kBq_per_mL(unit));
  }
}

TEST_CASE("Mega and milli are told apart", "[units]") {
  CHECK(pet::in_MBq("MBq") == 1.0);
  CHECK(*pet::in_MBq("mBq") == Approx(1e-9).epsilon(1e-15));
  CHECK(*pet::in_MBq("mCi") == Approx(37.0).epsilon(1e-15));
  CHECK(*pet::in_MBq("kBq") == Approx(1e-3).epsilon(1e-15));
}

TEST_CASE("Mass and amount are told apart", "[units]") {
  CHECK(*pet::in_ug("ug") == Approx(1.0).epsilon(1e-15));
  CHECK(*pet::in_ug("\u00b5g") == Approx(1.0).epsilon(1e-15));
  CHECK(*pet::in_ug("mg") == Approx(1e3).epsilon(1e-15));
  CHECK_FALSE(pet::in_ug("nmol"));
  CHECK(*pet::in_nmol("nmol") == Approx(1.0).epsilon(1e-15));
}

TEST_CASE("Molar activity converts, activity per mass does not", "[units]") {
  CHECK(*pet::in_GBq_per_umol("GBq/umol") == Approx(1.0).epsilon(1e-14));
  CHECK(*pet::in_GBq_per_umol("MBq/nmol") == Approx(1.0).epsilon(1e-14));
  CHECK(*pet::in_GBq_per_umol("kBq/nmol") == Approx(1e-3).epsilon(1e-14));
  CHECK(*pet::in_GBq_per_umol("Bq/mol") == Approx(1e-15).epsilon(1e-14));
  CHECK(*pet::in_GBq_per_umol("Ci/mmol") == Approx(0.037).epsilon(1e-14));
  CHECK_FALSE(pet::in_GBq_per_umol("MBq/ug"));
  CHECK_FALSE(pet::in_GBq_per_umol("nmol"));
}

TEST_CASE("Times are in seconds or minutes", "[units]") {
  for (const char* unit : {"s", "sec", "seconds"}) CHECK(pet::in_s(unit) == 1.0);
  for (const char* unit : {"min", "minutes"}) CHECK(pet::in_s(unit) == 60.0);
  for (const char* unit : {"", "ms", "h", "m"}) CHECK_FALSE(pet::in_s(unit));
}

}  // namespace
