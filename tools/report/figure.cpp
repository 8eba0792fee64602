// SPDX-License-Identifier: Apache-2.0
#include "tools/report/detail/figure.h"

#include <array>
#include <charconv>
#include <cmath>

namespace pet::detail {
namespace {

// Okabe & Ito's colours, which differ for all kinds of colour vision; shapes and dashes in the same order.
const Json colours = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#000000"};
const Json shapes = {"circle", "square", "triangle-up", "diamond", "cross", "triangle-down"};
const Json dashes = {{1, 0}, {6, 3}, {2, 2}, {8, 3, 2, 3}, {4, 4}, {10, 2}};

Json scale(const std::vector<std::string>& names, const Json& all) {
  Json range = Json::array();
  for (std::size_t i = 0; i < names.size(); ++i) range.push_back(all[i % all.size()]);
  return {{"domain", names}, {"range", range}};
}

}  // namespace

Json drawn(double value) {
  if (!std::isfinite(value)) return nullptr;
  std::array<char, 64> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, 5).ptr;
  double rounded = 0.0;
  std::from_chars(text.data(), end, rounded);
  return rounded;
}

Json drawn(const std::optional<double>& value) {
  return value ? drawn(*value) : Json();
}

Json quantitative(const char* field, const std::string& title) {
  return {{"field", field}, {"type", "quantitative"}, {"title", title}};
}

Json nominal(const char* field, const std::string& title) {
  return {{"field", field}, {"type", "nominal"}, {"title", title}, {"sort", nullptr}};
}

Json series_encoding(const char* field, const std::vector<std::string>& names, bool is_line) {
  Json colour = nominal(field, "");
  colour["title"] = nullptr;
  Json form = colour;
  colour["scale"] = scale(names, colours);
  form["scale"] = scale(names, is_line ? dashes : shapes);
  return {{"color", colour}, {is_line ? "strokeDash" : "shape", form}};
}

}  // namespace pet::detail
