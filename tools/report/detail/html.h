// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pet::detail {

/// Text as HTML shows it, in elements and in quoted attributes: & < > " ' as entities, control characters and bytes
/// that are not UTF-8 as U+FFFD.
std::string escaped(std::string_view text);

/// <name attributes>content</name>; `content` is HTML, `attributes` a text such as `class="a"`.
std::string element(std::string_view name, std::string_view content, std::string_view attributes = "");

/// <p> of plain text.
std::string paragraph(std::string_view text);

/// A list of plain texts; empty for none.
std::string bullet_list(const std::vector<std::string>& texts);

/// A table of plain texts. Cells that hold numbers are set to the right.
struct HtmlTable {
  std::string caption;
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;
};

/// The table in a frame that scrolls sideways and can be reached by keyboard.
std::string table_html(const HtmlTable& table);

/// A number for people: four significant digits, "–" for none, "∞" for infinite.
std::string shown(double value, int digits = 4);
std::string shown(const std::optional<double>& value, int digits = 4);
/// The same for sentences, without zeros at the end: "40", not "40.00".
std::string brief(double value, int digits = 4);
/// A fraction as percent: "65.4 %".
std::string percent(const std::optional<double>& fraction);
/// "0.64 to 0.67"; "–" where both ends are missing.
std::string interval(const std::optional<double>& lower, const std::optional<double>& upper);
/// The same in percent.
std::string percent_interval(const std::optional<double>& lower, const std::optional<double>& upper);

/// The text with its first letter, where that is one of ASCII, as a capital.
std::string capitalised(std::string text);

/// Texts joined by a separator.
std::string joined(const std::vector<std::string>& texts, std::string_view separator);

/// Bytes in base64 (RFC 4648).
std::string base64(std::string_view bytes);

}  // namespace pet::detail
