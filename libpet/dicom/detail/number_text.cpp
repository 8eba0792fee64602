// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/number_text.h"

#include <array>
#include <charconv>
#include <cmath>

namespace pet::detail {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view padding(" \0\t\r\n", 5);
  const std::size_t first = text.find_first_not_of(padding);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(padding) - first + 1);
}

std::vector<std::string_view> split_values(std::string_view text) {
  std::vector<std::string_view> values;
  while (true) {
    const std::size_t end = text.find('\\');
    values.push_back(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return values;
    text.remove_prefix(end + 1);
  }
}

std::optional<double> parse_number(std::string_view text) {
  text = trimmed(text);
  if (text.size() > 1 && text.front() == '+' && text[1] != '-') text.remove_prefix(1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::string decimal_string(double value) {
  constexpr std::size_t longest = 16;
  std::array<char, 64> text{};
  const auto shortest = std::to_chars(text.data(), text.data() + text.size(), value);
  if (shortest.ptr - text.data() <= static_cast<std::ptrdiff_t>(longest)) return {text.data(), shortest.ptr};
  for (int precision = 15; precision > 0; --precision) {
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::general, precision);
    if (end.ptr - text.data() <= static_cast<std::ptrdiff_t>(longest)) return {text.data(), end.ptr};
  }
  return "0";
}

}  // namespace pet::detail
