// SPDX-License-Identifier: Apache-2.0
#include <catch2/catch.hpp>
#include <clocale>
#include <cmath>
#include <utility>

#include "libpet/dicom/detail/date_time.h"
#include "libpet/dicom/detail/number_text.h"
#include "libpet/dicom/detail/radionuclide.h"

using namespace pet::detail;

TEST_CASE("Decimal strings are numbers as a whole or not at all", "[dicom][values]") {
  CHECK(parse_number("1.02609e-08").value() == 1.02609e-08);
  CHECK(parse_number(" 4.2661001e+009 ").value() == 4.2661001e9);
  CHECK(parse_number("+12").value() == 12.0);
  CHECK(parse_number(std::string_view("-0\0", 3)).value() == 0.0);
  for (const char* text : {"", " ", "1,5", "0x10", "1e400", "nan", "inf", "1.5 2", "12a", "+-3", "1\\2"})
    CHECK_FALSE(parse_number(text).has_value());
}

TEST_CASE("A Decimal String has at most 16 characters and as many digits as they hold", "[dicom][values]") {
  // Sign, point and exponent leave at least ten digits, or nine where the exponent has three.
  for (const auto& [value, bound] :
       {std::pair{1.0 / 3.0, 5e-14}, std::pair{-1.0 / 3.0, 5e-13}, std::pair{12345678.90123456, 5e-15},
        std::pair{-1.00000000049e-7, 5e-10}, std::pair{-1.00000000449e-300, 5e-9}, std::pair{6.02e23, 0.0},
        std::pair{1e-300, 0.0}, std::pair{1.0, 0.0}, std::pair{0.0, 0.0}}) {
    const std::string text = decimal_string(value);
    INFO(text);
    CHECK(text.size() <= 16);
    CHECK(std::abs(parse_number(text).value() - value) <= bound * std::abs(value));
  }
  CHECK(decimal_string(0.5) == "0.5");
}

TEST_CASE("Dates that do not exist are none", "[dicom][values]") {
  CHECK(parse_date("19700101").value().us == 0);
  CHECK(parse_date("19700102").value().us == us_per_day);
  CHECK(parse_date("2014.10.23") == parse_date(" 20141023 "));
  CHECK(parse_date("20240229").has_value());
  for (const char* text : {"", "141023", "20141323", "20230229", "00000000", "2014.1023", "20141023x"})
    CHECK_FALSE(parse_date(text).has_value());
}

TEST_CASE("Times of day may be short or have colons, but not be wrong", "[dicom][values]") {
  CHECK(parse_time_of_day("111218.25").value() == 40'338'250'000);
  CHECK(parse_time_of_day("11:12:18").value() == 40'338'000'000);
  CHECK(parse_time_of_day(" 1112 ").value() == 40'320'000'000);
  CHECK(parse_time_of_day("11").value() == 39'600'000'000);
  CHECK(parse_time_of_day("000000.1234567").value() == 123'456);
  for (const char* text : {"", "240000", "1", "116000", "111218,5", "111218.", "11121", "noon"})
    CHECK_FALSE(parse_time_of_day(text).has_value());
}

TEST_CASE("Dates with times carry their offset from UTC", "[dicom][values]") {
  CHECK(parse_date_time("19700102010203.5").value().local.us == us_per_day + 3'723'500'000);
  CHECK(parse_date_time("1970010201+0130").value().utc_offset_min == 90);
  CHECK(parse_date_time("19700102010203-0500").value().utc_offset_min == -300);
  for (const char* text : {"", "2014", "20141023", "20141023101010+1", "20141023101010+9900", "20141023 101010"})
    CHECK_FALSE(parse_date_time(text).has_value());
}

TEST_CASE("A time is written with its date, also across midnight", "[dicom][values]") {
  const DateTime time = parse_iso_date_time("2026-01-31T23:59:59.9996").value();
  CHECK(dicom_date(time) == "20260131");
  CHECK(dicom_time(time) == "235959.999600");
  CHECK(iso_text(time) == "2026-02-01T00:00:00.000");
  CHECK(dicom_date(plus_seconds(time, 0.0004)) == "20260201");
  CHECK(seconds_between(time, plus_seconds(time, 3600.0)) == 3600.0);
  CHECK(dicom_date(DateTime{-1}) == "19691231");
  CHECK_FALSE(parse_iso_date_time("2026-01-31").has_value());
  CHECK_FALSE(parse_iso_date_time("2026-01-31T25:00:00").has_value());
}

TEST_CASE("Radionuclides are known by the spellings of scanners", "[dicom][values]") {
  CHECK(nuclide_of_code("C-105A1", "") == "C11");
  CHECK(nuclide_of_code("", "^11^Carbon") == "C11");
  CHECK(nuclide_of_code("", "Fluorine-18") == "F18");
  CHECK(nuclide_of_code("77004003", "18F") == "F18");
  CHECK(nuclide_of_code("", "Unobtainium") == "");
}
