// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pet::detail {

/// A local civil time in microseconds since 1970-01-01T00:00, so that midnight is nothing special.
struct DateTime {
  std::int64_t us = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): taken for a null pointer by clang-tidy 14
  auto operator<=>(const DateTime&) const = default;
};

inline constexpr std::int64_t us_per_day = 86'400'000'000;

double seconds_between(DateTime from, DateTime to);
DateTime plus_seconds(DateTime time, double seconds);
/// 00:00 of the day of `time`.
DateTime day_of(DateTime time);

/// DICOM DA ("20260131", "2026.01.31"); surrounding blanks are ignored. Nothing if it is no date.
std::optional<DateTime> parse_date(std::string_view text);

/// DICOM TM ("12", "1234", "123456", "123456.789012", "12:34:56") in microseconds after midnight.
std::optional<std::int64_t> parse_time_of_day(std::string_view text);

/// DICOM DT with at least the hour ("20260131123456.5+0100"). `utc_offset_min` is set where the text has one.
struct ZonedDateTime {
  DateTime local;
  std::optional<int> utc_offset_min;
};
std::optional<ZonedDateTime> parse_date_time(std::string_view text);

/// "+0100" or "-0530" in minutes.
std::optional<int> parse_utc_offset(std::string_view text);

/// "2026-01-31T12:34:56.000", fractions of a second optional.
std::optional<DateTime> parse_iso_date_time(std::string_view text);

std::string iso_text(DateTime time);           ///< "2026-01-31T12:34:56.000", to the millisecond
std::string dicom_date(DateTime time);         ///< "20260131"
std::string dicom_time(DateTime time);         ///< "123456.789012"
std::string clock_text(std::int64_t time_us);  ///< "12:34:56.789" of microseconds after midnight, for messages

}  // namespace pet::detail
