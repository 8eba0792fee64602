// SPDX-License-Identifier: Apache-2.0
// Maps as slices: PNG pictures in the page, and what their colours mean.
#include <algorithm>
#include <array>
#include <map>

#include "libpet/io/png_image.h"
#include "libpet/map_overview.h"
#include "tools/report/detail/answer.h"

namespace pet::detail {
namespace {

constexpr int most_pixels = 128;  // across a slice
constexpr int most_zoom = 2;

std::string image(const Picture& picture, const std::string& alternative) {
  return "<img alt=\"" + escaped(alternative) + "\" width=\"" + std::to_string(picture.width) + "\" height=\"" +
         std::to_string(picture.height) + "\" src=\"data:image/png;base64," + base64(png_bytes(picture)) + "\">";
}

std::string bar_of(double largest, const std::string& unit) {
  const std::string top = shown(largest, 3) + (unit.empty() || unit == "1" ? "" : " " + unit);
  return element(
      "div", element("span", "0") + image(colour_bar(1), "colour bar from 0 to " + top) + element("span", escaped(top)),
      "class=\"bar\"");
}

std::string positions(const std::vector<Slice>& slices) {
  std::vector<std::string> texts;
  for (const Slice& slice : slices) texts.push_back(shown(slice.position_mm, 3));
  return joined(texts, ", ") + " mm";
}

struct PlaneView {
  Plane plane;
  int count;
};

constexpr std::array<PlaneView, 3> planes = {{{Plane::axial, 5}, {Plane::coronal, 4}, {Plane::sagittal, 3}}};

std::string pictures_of(const QuantityMap& map, double largest) {
  const std::string name = map.quantity + ", " + map.label;
  std::string html = element(
      "figcaption",
      element("b", escaped(name)) +
          element("span", escaped(map.text("ModelName").empty() ? map.path : map.text("ModelName") + ", " + map.path)));
  std::vector<std::vector<Slice>> slices;
  std::vector<Slice> of_each;
  for (const PlaneView& view : planes) {
    slices.push_back(slices_of(map.map.grid, map.map.voxels, view.plane, view.count));
    if (slices.back().empty()) return element("figure", html + paragraph("The map holds no value."), "class=\"map\"");
    of_each.push_back(slices.back().front());
  }
  const double zoom = pixels_per_mm(of_each, most_pixels, most_zoom);
  for (std::size_t p = 0; p < planes.size(); ++p) {
    const std::string plane(name_of(planes[p].plane));
    const std::string reading(reading_of(planes[p].plane));
    html += element("p", escaped(plane + ", " + reading + "; at " + positions(slices[p])), "class=\"plane\"");
    html += image(mosaic_of(slices[p], {0.0, largest}, zoom), name + ", " + plane + " slices");
  }
  return element("figure", html + bar_of(largest, map.text("Units")), "class=\"map\"") + "\n";
}

HtmlTable quantiles(const Outputs& outputs) {
  HtmlTable table{"Voxels that are not zero", {"map", "quantity", "unit", "1 %", "25 %", "median", "75 %", "99 %"}, {}};
  for (const QuantityMap& map : outputs.maps) {
    std::vector<std::string> row = {map.label, map.quantity, map.text("Units").empty() ? "–" : map.text("Units")};
    for (const double fraction : {0.01, 0.25, 0.5, 0.75, 0.99})
      row.push_back(shown(quantile_of_voxels(map.map.voxels, fraction)));
    table.rows.push_back(std::move(row));
  }
  return table;
}

// Statuses are known only where a map of them lies beside.
std::string what_is_white(const Outputs& outputs) {
  const auto with_status =
      std::count_if(outputs.maps.begin(), outputs.maps.end(), [](const QuantityMap& map) { return map.shows_ok_only; });
  if (with_status == 0)
    return "voxels without an estimate are white. No map of statuses lies beside them: voxels of any status are drawn.";
  if (static_cast<std::size_t>(with_status) == outputs.maps.size())
    return "voxels without an estimate, or whose status is not ok, are white.";
  std::vector<std::string> without;
  for (const QuantityMap& map : outputs.maps)
    if (!map.shows_ok_only) without.push_back(map.path);
  return "voxels without an estimate, or whose status is not ok, are white; no map of statuses lies beside " +
         joined(without, ", ") + ", of which voxels of any status are drawn.";
}

}  // namespace

std::string map_pictures(const Outputs& outputs, std::size_t most_bytes) {
  if (outputs.maps.empty()) return "";
  std::map<std::string, double> largest;
  for (const QuantityMap& map : outputs.maps)
    largest[map.quantity] = std::max(largest[map.quantity], display_limit(map.map.voxels));
  std::string html = paragraph(
      "Slices of the maps, evenly spaced through what was fitted. Maps of one quantity share their colours, which end "
      "where few voxels lie beyond (99th percentile at most). Values below 0 are shown as 0, larger ones as "
      "the end of the bar; " +
      what_is_white(outputs));
  std::string figures;
  std::vector<std::string> left_out;
  for (const QuantityMap& map : outputs.maps) {
    const std::string picture = pictures_of(map, largest[map.quantity] > 0.0 ? largest[map.quantity] : 1.0);
    if (figures.size() + picture.size() > most_bytes)
      left_out.push_back(map.path);
    else
      figures += picture;
  }
  if (!left_out.empty()) html += paragraph("Left out, to keep the page small: " + joined(left_out, ", ") + ".");
  html += element("div", figures, "class=\"maps\"");
  html += element("details", element("summary", "Table of the maps") + table_html(quantiles(outputs)));
  return html;
}

}  // namespace pet::detail
