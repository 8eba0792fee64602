// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>

#include "libpet/io/tsv.h"
#include "tools/report/detail/html.h"

namespace pet::detail {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// The length of the UTF-8 sequence at the start of `text`, or 0 for bytes that are none.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xC2 && first < 0xE0 ? 2
                             : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5 ? 4
                                                             : 0;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  if ((first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) || (first == 0xF0 && byte(1) < 0x90) ||
      (first == 0xF4 && byte(1) > 0x8F))
    return 0;
  return length;
}

std::string entity_of(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return std::string(1, c);
  }
}

bool is_control(unsigned char c) {
  return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F;
}

bool is_numeric(const std::string& cell) {
  const bool is_percent = cell.ends_with("%") && parse_number(cell.substr(0, cell.find("\u00A0"))).has_value();
  return cell == "–" || is_percent || parse_number(cell).has_value();
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0 || is_control(static_cast<unsigned char>(text[0])))
      html += replacement;
    else if (length == 1)
      html += entity_of(text[0]);
    else
      html += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return html;
}

std::string element(std::string_view name, std::string_view content, std::string_view attributes) {
  std::string html = "<" + std::string(name);
  if (!attributes.empty()) html.append(" ").append(attributes);
  return html.append(">").append(content).append("</").append(name).append(">");
}

std::string paragraph(std::string_view text) {
  return element("p", escaped(text)) + "\n";
}

std::string bullet_list(const std::vector<std::string>& texts) {
  if (texts.empty()) return "";
  std::string items;
  for (const std::string& text : texts) items += element("li", escaped(text));
  return element("ul", items) + "\n";
}

std::string table_html(const HtmlTable& table) {
  // On paper a long table of few short cells is set in columns, and one of many columns has smaller letters.
  constexpr std::size_t few_columns = 5;
  constexpr std::size_t many_columns = 11;
  constexpr std::size_t many_rows = 24;
  constexpr std::size_t short_cell = 24;
  const bool is_narrow =
      table.header.size() <= few_columns && table.rows.size() >= many_rows &&
      std::all_of(table.rows.begin(), table.rows.end(), [](const auto& row) {
        return std::all_of(row.begin(), row.end(), [](const std::string& cell) { return cell.size() <= short_cell; });
      });
  const std::string kind = is_narrow ? " narrow" : table.header.size() >= many_columns ? " wide" : "";
  std::string head;
  for (const std::string& cell : table.header) head += element("th", escaped(cell), "scope=\"col\"");
  std::string body;
  for (const std::vector<std::string>& row : table.rows) {
    std::string cells;
    for (std::size_t c = 0; c < row.size(); ++c) {
      if (c == 0)
        cells += element("th", escaped(row[c]), "scope=\"row\"");
      else
        cells += element("td", escaped(row[c]), is_numeric(row[c]) ? "class=\"n\"" : "");
    }
    body += element("tr", cells) + "\n";
  }
  const std::string caption = escaped(table.caption);
  const std::string html = element("caption", caption) + element("thead", element("tr", head)) + element("tbody", body);
  return element("div", element("table", html),
                 "class=\"scroll" + kind + "\" tabindex=\"0\" role=\"region\" aria-label=\"" + caption + "\"") +
         "\n";
}

std::string shown(double value, int digits) {
  if (std::isnan(value)) return "–";
  if (std::isinf(value)) return value > 0.0 ? "∞" : "−∞";
  if (value == 0.0) return "0";
  std::array<char, 64> text{};
  const double size = std::abs(value);
  const int before = static_cast<int>(std::floor(std::log10(size))) + 1;
  const bool is_plain = size >= 1e-4 && size < 1e7;
  const auto result = is_plain ? std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed,
                                               std::max(digits - before, 0))
                               : std::to_chars(text.data(), text.data() + text.size(), value,
                                               std::chars_format::scientific, digits - 1);
  return {text.data(), result.ptr};
}

std::string shown(const std::optional<double>& value, int digits) {
  return value ? shown(*value, digits) : "–";
}

std::string brief(double value, int digits) {
  std::string text = shown(value, digits);
  if (text.find('.') == std::string::npos || text.find('e') != std::string::npos) return text;
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string percent(const std::optional<double>& fraction) {
  if (!fraction || std::isnan(*fraction)) return "–";
  if (std::isinf(*fraction)) return shown(*fraction);
  std::array<char, 64> text{};
  const auto result =
      std::to_chars(text.data(), text.data() + text.size(), 100.0 * *fraction, std::chars_format::fixed, 1);
  return std::string(text.data(), result.ptr) + "\u00A0%";
}

std::string interval(const std::optional<double>& lower, const std::optional<double>& upper) {
  return lower || upper ? shown(lower) + " to " + shown(upper) : "–";
}

std::string percent_interval(const std::optional<double>& lower, const std::optional<double>& upper) {
  return lower || upper ? percent(lower) + " to " + percent(upper) : "–";
}

std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

std::string joined(const std::vector<std::string>& texts, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < texts.size(); ++i) text.append(i == 0 ? "" : separator).append(texts[i]);
  return text;
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += i + k <= bytes.size() ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return text;
}

}  // namespace pet::detail
