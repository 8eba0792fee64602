// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "tools/report/detail/figure.h"
#include "tools/report/report.h"

namespace pet::detail {

/// A page that is put together section by section: figures are numbered, sections with content are listed in the
/// navigation, and the policy names the scripts and the style by their hashes.
class Page {
 public:
  explicit Page(std::string title, std::string subtitle) : title_(std::move(title)), subtitle_(std::move(subtitle)) {}

  /// HTML of a figure: caption, drawing, tables that open for print. A figure without layers or marks has tables only.
  std::string figure(const Figure& figure);
  /// Figures as long as there is room; the others are named in a sentence.
  std::string figures(const std::vector<Figure>& figures);
  /// How many bytes the figures from here on may take together, so that a page stays small whatever the folder holds.
  void set_room(std::size_t bytes) { room_ = bytes; }
  /// Adds a section; nothing for one without content. `name` is its heading and `id` its anchor.
  void section(const std::string& id, const std::string& name, const std::string& content);

  std::string html(const std::vector<ReportScript>& scripts) const;

 private:
  std::string title_;
  std::string subtitle_;
  std::string navigation_;
  std::string sections_;
  std::string data_;  ///< specifications, as blocks of JSON
  int count_ = 0;
  std::size_t room_ = 0;
};

/// JSON that can stand in a script element: without "<".
std::string embedded_json(const Json& json);

/// 'sha256-...' of an inline script or style, as a content security policy has it.
std::string policy_hash(std::string_view text);

/// A whole page: a head with a policy that allows the style and the scripts by their hashes and nothing from elsewhere,
/// the body, and the scripts behind it.
std::string document(const std::string& title,
                     const std::string& style,
                     const std::string& body,
                     const std::vector<std::string>& scripts);

}  // namespace pet::detail
