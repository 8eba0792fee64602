// SPDX-License-Identifier: Apache-2.0
// Maps as slices: PNG pictures in the page, and what their colours mean.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "libpet/slices.h"
#include "tools/report/detail/answer.h"

namespace pet::detail {
namespace {

using Colour = std::array<unsigned char, 3>;

// Viridis at every eighth (Smith NJ, van der Walt S, 2015, CC0), linear between: lightness rises all the way, so that a
// greyscale print keeps the order.
constexpr std::array<Colour, 9> viridis = {{{0x44, 0x01, 0x54},
                                            {0x47, 0x2D, 0x7B},
                                            {0x3B, 0x52, 0x8B},
                                            {0x2C, 0x72, 0x8E},
                                            {0x21, 0x91, 0x8C},
                                            {0x28, 0xAE, 0x80},
                                            {0x5E, 0xC9, 0x62},
                                            {0xAD, 0xDC, 0x30},
                                            {0xFD, 0xE7, 0x25}}};
constexpr int colours = 255;      // of the map; place 0 of the palette is white, for what is not shown
constexpr int most_pixels = 128;  // across a slice

Colour colour_at(double share) {
  const double place = std::clamp(share, 0.0, 1.0) * (viridis.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), viridis.size() - 2);
  Colour colour{};
  for (std::size_t c = 0; c < 3; ++c) {
    const double mixed = std::lerp(static_cast<double>(viridis[below][c]), static_cast<double>(viridis[below + 1][c]),
                                   place - static_cast<double>(below));
    colour[c] = static_cast<unsigned char>(std::lround(mixed));
  }
  return colour;
}

const std::vector<unsigned char>& palette() {
  static const std::vector<unsigned char> bytes = [] {
    std::vector<unsigned char> all = {255, 255, 255};
    for (int i = 0; i < colours; ++i) {
      const Colour colour = colour_at(i / (colours - 1.0));
      all.insert(all.end(), colour.begin(), colour.end());
    }
    return all;
  }();
  return bytes;
}

unsigned char place_of(float value, double largest) {
  if (std::isnan(value) || value == 0.0F) return 0;
  return static_cast<unsigned char>(1 + std::lround(std::clamp(value / largest, 0.0, 1.0) * (colours - 1)));
}

struct Picture {
  int width = 0;
  int height = 0;
  std::vector<unsigned char> pixels;
};

// Slices side by side with square pixels, one or two a voxel, fewer where a slice has more than can be shown.
Picture mosaic(const std::vector<Slice>& slices, double largest) {
  constexpr int gap = 2;
  const Slice& first = slices.front();
  const double smallest_mm = std::min(first.pixel_width_mm, first.pixel_height_mm);
  const double across = first.width * first.pixel_width_mm / smallest_mm;
  const double scale = across * 2.0 <= most_pixels ? 2.0 : std::min(1.0, most_pixels / across);
  const auto pixels = [&](double voxel_mm, int voxels) {
    return std::max(1, static_cast<int>(std::lround(voxel_mm / smallest_mm * voxels * scale)));
  };
  const int width = pixels(first.pixel_width_mm, first.width);
  const int height = pixels(first.pixel_height_mm, first.height);
  Picture picture{static_cast<int>(slices.size()) * (width + gap) - gap, height, {}};
  picture.pixels.assign(static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height), 0);
  for (std::size_t s = 0; s < slices.size(); ++s)
    for (int y = 0; y < height; ++y)
      for (int x = 0; x < width; ++x) {
        const auto column = static_cast<std::size_t>(x * first.width / width);
        const auto row = static_cast<std::size_t>(y * first.height / height);
        const std::size_t left = s * static_cast<std::size_t>(width + gap) + static_cast<std::size_t>(x);
        const std::size_t place = static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + left;
        const float value = slices[s].values[row * static_cast<std::size_t>(first.width) + column];
        picture.pixels[place] = place_of(value, largest);
      }
  return picture;
}

std::string image(const Picture& picture, const std::string& alternative) {
  return "<img alt=\"" + escaped(alternative) + "\" width=\"" + std::to_string(picture.width) + "\" height=\"" +
         std::to_string(picture.height) + "\" src=\"data:image/png;base64," +
         base64(png_of(picture.width, picture.height, picture.pixels, palette())) + "\">";
}

std::string colour_bar(double largest, const std::string& unit) {
  Picture bar{colours, 1, {}};
  for (int x = 0; x < colours; ++x) bar.pixels.push_back(static_cast<unsigned char>(x + 1));
  const std::string top = shown(largest, 3) + (unit.empty() || unit == "1" ? "" : " " + unit);
  return element("div",
                 element("span", "0") + image(bar, "colour bar from 0 to " + top) + element("span", escaped(top)),
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
  const char* name;
  const char* reading;
};

constexpr std::array<PlaneView, 3> planes = {
    {{Plane::axial, 5, "axial", "seen from below: left is the patient's right"},
     {Plane::coronal, 4, "coronal", "seen from the front: left is the patient's right"},
     {Plane::sagittal, 3, "sagittal", "seen from the patient's left: left is the front"}}};

std::string pictures_of(const QuantityMap& map, double largest) {
  const std::string name = map.quantity + ", " + map.label;
  std::string html = element(
      "figcaption",
      element("b", escaped(name)) +
          element("span", escaped(map.text("ModelName").empty() ? map.path : map.text("ModelName") + ", " + map.path)));
  for (const PlaneView& view : planes) {
    const std::vector<Slice> slices = slices_of(map.map.grid, map.map.voxels, view.plane, view.count);
    if (slices.empty()) return element("figure", html + paragraph("The map holds no value."), "class=\"map\"");
    html += element("p", escaped(std::string(view.name) + ", " + view.reading + "; at " + positions(slices)),
                    "class=\"plane\"");
    html += image(mosaic(slices, largest), name + ", " + view.name + " slices");
  }
  return element("figure", html + colour_bar(largest, map.text("Units")), "class=\"map\"") + "\n";
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
      "where few voxels lie beyond (99th percentile or Tukey's fence). Values below 0 are shown as 0, larger ones as "
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
