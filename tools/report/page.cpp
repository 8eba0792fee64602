// SPDX-License-Identifier: Apache-2.0
#include "tools/report/detail/page.h"

#include <charconv>

#include "libpet/provenance.h"
#include "tools/report/detail/page_text.h"

namespace pet::detail {
namespace {

std::string bytes_of_hex(const std::string& hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    unsigned value = 0;
    std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    bytes += static_cast<char>(value);
  }
  return bytes;
}

// What a script or style cannot hold, or it would end there.
std::string without_end_tags(std::string text) {
  for (std::size_t at = text.find("</script"); at != std::string::npos; at = text.find("</script", at))
    text.replace(at, 2, "<\\/");
  return text;
}

bool is_drawable(const Json& spec) {
  return spec.is_object() &&
         (spec.contains("mark") || spec.contains("spec") || (spec.contains("layer") && !spec["layer"].empty()));
}

std::string tables_of(const Figure& figure, const std::string& summary) {
  std::string tables;
  for (const HtmlTable& table : figure.tables) tables += table_html(table);
  return element("details", element("summary", escaped(summary)) + tables);
}

}  // namespace

std::string embedded_json(const Json& json) {
  const std::string text = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    if (c == '<')
      safe += "\\u003c";
    else
      safe += c;
  }
  return safe;
}

std::string policy_hash(std::string_view text) {
  return "'sha256-" + base64(bytes_of_hex(sha256(text))) + "'";
}

std::string Page::figure(const Figure& figure) {
  const std::string number = std::to_string(++count_);
  const std::string id = "figure-" + number;
  const std::string caption = element("figcaption", element("b", escaped("Figure " + number + ". " + figure.title)) +
                                                        element("span", escaped(figure.reading)));
  if (!is_drawable(figure.spec))
    return element("figure", caption + tables_of(figure, "Table of figure " + number)) + "\n";
  Json spec = figure.spec;
  spec["description"] = figure.title + ". " + figure.reading;
  data_ += element("script", embedded_json(spec), "type=\"application/json\" id=\"spec-" + number + "\"") + "\n";
  const std::string drawing = element("div", "", "class=\"vega\" id=\"" + id + "\" data-spec=\"spec-" + number + "\"");
  const std::string save = element("button", "Save as SVG", "type=\"button\" hidden data-figure=\"" + id + "\"");
  return element("figure",
                 caption + drawing +
                     element("div", tables_of(figure, "Table of figure " + number) + save, "class=\"tools\"")) +
         "\n";
}

std::string Page::figures(const std::vector<Figure>& figures) {
  std::string html;
  std::vector<std::string> left_out;
  for (const Figure& one : figures) {
    const std::size_t before = data_.size();
    const std::string drawing = figure(one);
    const std::size_t size = drawing.size() + data_.size() - before;
    if (size > room_) {
      data_.resize(before);
      --count_;
      left_out.push_back(one.title);
      continue;
    }
    room_ -= size;
    html += drawing;
  }
  if (!left_out.empty())
    html += paragraph("Left out, to keep the page small: " + joined(left_out, "; ") +
                      ". A report on a folder with fewer files, such as that of one subject, shows them.");
  return html;
}

void Page::section(const std::string& id, const std::string& name, const std::string& content) {
  if (content.empty()) return;
  navigation_ += element("li", element("a", escaped(name), "href=\"#" + id + "\"")) + "\n";
  sections_ += element("section", element("h2", escaped(name), "id=\"" + id + "-heading\"") + "\n" + content,
                       "id=\"" + id + "\" aria-labelledby=\"" + id + "-heading\"") +
               "\n";
}

std::string document(const std::string& title,
                     const std::string& style,
                     const std::string& body,
                     const std::vector<std::string>& scripts) {
  std::string inline_scripts;
  std::string hashes;
  for (const std::string& script : scripts) {
    const std::string safe = without_end_tags(script);
    hashes += " " + policy_hash(safe);
    inline_scripts += element("script", safe) + "\n";
  }
  const std::string policy = "default-src 'none'; script-src" + hashes + "; style-src " + policy_hash(style) +
                             "; img-src data:; base-uri 'none'; form-action 'none'";
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
  html += "<meta http-equiv=\"Content-Security-Policy\" content=\"" + policy + "\">\n";
  html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  html += "<meta name=\"generator\" content=\"" + escaped("Occupet " + version()) + "\">\n";
  html += element("title", escaped(title)) + "\n" + element("style", style) + "\n</head>\n<body>\n";
  return html + body + inline_scripts + "</body>\n</html>\n";
}

std::string Page::html(const std::vector<ReportScript>& scripts) const {
  std::string body = element("a", "Skip to the answer", "class=\"skip\" href=\"#summary\"") + "\n";
  body += element("header", element("h1", escaped(title_)) + element("p", escaped(subtitle_), "class=\"soft\"")) + "\n";
  body += element("nav", element("ul", navigation_), "aria-label=\"Sections\"") + "\n";
  body += element("noscript", element("p", "The figures need JavaScript; the tables beside them hold every number.",
                                      "class=\"note\"")) +
          "\n";
  body += element("main", sections_) + "\n";
  body +=
      element("footer", escaped("Made by Occupet " + version() +
                                ". This page loads nothing from the network; its figures and numbers are inside.")) +
      "\n";
  std::vector<std::string> texts;
  for (const ReportScript& script : scripts) texts.push_back(script.text);
  texts.emplace_back(page_script);
  return document(title_, std::string(page_style), body + data_, texts);
}

}  // namespace pet::detail
