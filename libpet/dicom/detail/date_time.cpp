// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/date_time.h"

#include <chrono>
#include <cmath>
#include <cstdio>

#include "libpet/dicom/detail/number_text.h"

namespace pet::detail {
namespace {

constexpr std::int64_t us_per_second = 1'000'000;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes `count` digits off the front of `text`.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!is_digit(text[i])) return std::nullopt;
    value = 10 * value + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (text.empty() || text.front() != '.') return 0;
  text.remove_prefix(1);
  std::int64_t us = 0;
  std::int64_t unit = us_per_second;
  bool any = false;
  while (!text.empty() && is_digit(text.front())) {
    unit /= 10;
    us += unit * (text.front() - '0');
    text.remove_prefix(1);
    any = true;
  }
  return any ? std::optional(us) : std::nullopt;
}

// HH[MM[SS[.f]]], each pair after an optional `separator`.
std::optional<std::int64_t> take_clock(std::string_view& text, char separator) {
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23) return std::nullopt;
  std::int64_t us = std::int64_t{3600} * *hour * us_per_second;
  for (const int unit : {60, 1}) {
    if (!text.empty() && text.front() == separator) text.remove_prefix(1);
    if (text.empty() || !is_digit(text.front())) return us;
    const auto pair = take_digits(text, 2);
    if (!pair || *pair > (unit == 60 ? 59 : 60)) return std::nullopt;
    us += std::int64_t{*pair} * unit * us_per_second;
  }
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  return us + *fraction;
}

std::optional<DateTime> take_date(std::string_view& text, char separator) {
  const auto year = take_digits(text, 4);
  const bool separated = !text.empty() && text.front() == separator;
  if (separated) text.remove_prefix(1);
  const auto month = take_digits(text, 2);
  if (separated) {
    if (text.empty() || text.front() != separator) return std::nullopt;
    text.remove_prefix(1);
  }
  const auto day = take_digits(text, 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return DateTime{std::chrono::sys_days(date).time_since_epoch().count() * us_per_day};
}

}  // namespace

double seconds_between(DateTime from, DateTime to) {
  return static_cast<double>(to.us - from.us) * 1e-6;
}

DateTime plus_seconds(DateTime time, double seconds) {
  return {time.us + std::llround(seconds * 1e6)};
}

DateTime day_of(DateTime time) {
  const std::int64_t remainder = time.us % us_per_day;
  return {time.us - remainder - (remainder < 0 ? us_per_day : 0)};
}

std::optional<DateTime> parse_date(std::string_view text) {
  text = trimmed(text);
  const auto date = take_date(text, '.');
  return text.empty() ? date : std::nullopt;
}

std::optional<std::int64_t> parse_time_of_day(std::string_view text) {
  text = trimmed(text);
  const auto time = take_clock(text, ':');
  return text.empty() ? time : std::nullopt;
}

std::optional<int> parse_utc_offset(std::string_view text) {
  text = trimmed(text);
  if (text.size() != 5 || (text.front() != '+' && text.front() != '-')) return std::nullopt;
  const int sign = text.front() == '-' ? -1 : 1;
  text.remove_prefix(1);
  const auto hours = take_digits(text, 2);
  const auto minutes = take_digits(text, 2);
  if (!hours || !minutes || *hours > 14 || *minutes > 59) return std::nullopt;
  return sign * (60 * *hours + *minutes);
}

std::optional<ZonedDateTime> parse_date_time(std::string_view text) {
  text = trimmed(text);
  const auto date = take_date(text, '\0');
  const auto time = date ? take_clock(text, '\0') : std::nullopt;
  if (!time) return std::nullopt;
  ZonedDateTime result{{date->us + *time}, std::nullopt};
  if (text.empty()) return result;
  result.utc_offset_min = parse_utc_offset(text);
  return result.utc_offset_min ? std::optional(result) : std::nullopt;
}

std::optional<DateTime> parse_iso_date_time(std::string_view text) {
  const auto date = take_date(text, '-');
  if (!date || text.empty() || (text.front() != 'T' && text.front() != ' ')) return std::nullopt;
  text.remove_prefix(1);
  const auto time = take_clock(text, ':');
  if (!time || !text.empty()) return std::nullopt;
  return DateTime{date->us + *time};
}

std::string dicom_date(DateTime time) {
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{static_cast<int>(day_of(time).us / us_per_day)}}};
  char text[32];
  std::snprintf(text, sizeof text, "%04d%02u%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

std::string dicom_time(DateTime time) {
  const std::int64_t us = time.us - day_of(time).us;
  const int seconds = static_cast<int>(us / us_per_second);
  char text[48];
  std::snprintf(text, sizeof text, "%02d%02d%02d.%06d", seconds / 3600, seconds / 60 % 60, seconds % 60,
                static_cast<int>(us % us_per_second));
  return text;
}

std::string clock_text(std::int64_t time_us) {
  const int milliseconds = static_cast<int>((time_us + 500) / 1000);
  char text[48];
  std::snprintf(text, sizeof text, "%02d:%02d:%02d.%03d", milliseconds / 3'600'000, milliseconds / 60'000 % 60,
                milliseconds / 1000 % 60, milliseconds % 1000);
  return text;
}

std::string iso_text(DateTime time) {
  const DateTime rounded{time.us + 500};  // to the nearest millisecond, also across midnight
  const std::string date = dicom_date(rounded);
  const std::string clock = dicom_time(rounded);
  return date.substr(0, 4) + "-" + date.substr(4, 2) + "-" + date.substr(6, 2) + "T" + clock.substr(0, 2) + ":" +
         clock.substr(2, 2) + ":" + clock.substr(4, 6);
}

}  // namespace pet::detail
