// SPDX-License-Identifier: Apache-2.0
#include "libpet/map_overview.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "libpet/detail/letters.h"

namespace pet {
namespace {

constexpr int gap = 2;  // between slices

// A number with three digits, or all before the point.
std::string shown(double value) {
  std::array<char, 32> text{};
  const int digits = std::abs(value) >= 1000.0 && std::abs(value) < 1e6 ? 6 : 3;
  const double whole = digits == 6 ? std::round(value) : value;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), whole, std::chars_format::general, digits).ptr;
  return {text.data(), end};
}

Picture line_of(const std::string& text, int size) {
  Picture line = Picture::filled(std::max(1, width_of_text(text, size)), detail::letter_height * size, paper);
  draw_text(line, 0, 0, text, size);
  return line;
}

struct Size {
  int width = 0;
  int height = 0;
};

Size size_of(const Slice& slice, double pixels_per_mm) {
  const auto pixels = [&](double voxel_mm, int voxels) {
    return std::max(1, static_cast<int>(std::lround(voxel_mm * voxels * pixels_per_mm)));
  };
  return {pixels(slice.pixel_width_mm, slice.width), pixels(slice.pixel_height_mm, slice.height)};
}

// The position of each slice in the middle below it.
Picture positions_of(const std::vector<Slice>& slices, double pixels_per_mm) {
  const int width = size_of(slices.front(), pixels_per_mm).width;
  Picture line = Picture::filled(static_cast<int>(slices.size()) * (width + gap) - gap, detail::letter_height, paper);
  for (std::size_t s = 0; s < slices.size(); ++s) {
    const std::string text = std::to_string(std::lround(slices[s].position_mm)) + (s == 0 ? " mm" : "");
    draw_text(line, static_cast<int>(s) * (width + gap) + (width - width_of_text(text)) / 2, 0, text);
  }
  return line;
}

std::string with_unit(const std::string& text, const std::string& unit) {
  return unit.empty() || unit == "1" ? text : text + " " + unit;
}

Picture beside(const std::vector<Picture>& parts, int distance) {
  int width = -distance;
  int height = 0;
  for (const Picture& part : parts) {
    width += part.width + distance;
    height = std::max(height, part.height);
  }
  Picture row = Picture::filled(width, height, paper);
  int x = 0;
  for (const Picture& part : parts) {
    place_picture(row, part, x, (height - part.height) / 2);
    x += part.width + distance;
  }
  return row;
}

Picture legend_of(const OverviewText& text, const ColourScale& scale) {
  constexpr int box = 14;
  if (text.levels.empty())
    return beside(
        {line_of(shown(scale.least), 2), colour_bar(box), line_of(with_unit(shown(scale.largest), text.unit), 2)}, 6);
  std::vector<Picture> parts;
  for (const MapLevel& level : text.levels) {
    parts.push_back(Picture::filled(box, box, scale.place_of(static_cast<float>(level.value))));
    parts.push_back(line_of(level.name, 1));
  }
  return beside(parts, 6);
}

struct Part {
  Picture picture;
  int space_above = 0;
};

Picture below_each_other(const std::vector<Part>& parts) {
  constexpr int margin = 10;
  int width = 0;
  int height = 2 * margin;
  for (const Part& part : parts) {
    width = std::max(width, part.picture.width);
    height += part.picture.height + part.space_above;
  }
  Picture whole = Picture::filled(width + 2 * margin, height, paper);
  int y = margin;
  for (const Part& part : parts) {
    place_picture(whole, part.picture, margin, y += part.space_above);
    y += part.picture.height;
  }
  return whole;
}

ColourScale scale_of_levels(const std::vector<MapLevel>& levels) {
  ColourScale scale{static_cast<double>(levels.front().value), levels.front().value + 1.0};
  for (const MapLevel& level : levels) {
    scale.least = std::min(scale.least, static_cast<double>(level.value));
    scale.largest = std::max(scale.largest, static_cast<double>(level.value));
  }
  return scale;
}

}  // namespace

unsigned char ColourScale::place_of(float value) const {
  if (std::isnan(value) || value == 0.0F) return paper;
  const double share = std::clamp((value - least) / (largest - least), 0.0, 1.0);
  return static_cast<unsigned char>(first_colour + std::lround(share * (last_colour - first_colour)));
}

ColourScale colour_scale_of(std::span<const float> voxels) {
  ColourScale scale{0.0, display_limit(voxels)};
  if (quantile_of_voxels(voxels, 0.05) < 0.0) {
    std::vector<float> mirrored(voxels.begin(), voxels.end());
    for (float& value : mirrored) value = -value;
    scale.least = -display_limit(mirrored);
  }
  if (!(scale.largest > scale.least)) scale.largest = scale.least + 1.0;
  return scale;
}

double pixels_per_mm(const std::vector<Slice>& slices, int most_pixels, int most_zoom) {
  double least = 0.0;
  for (const Slice& slice : slices) {
    const double smallest_mm = std::min(slice.pixel_width_mm, slice.pixel_height_mm);
    // Flat voxels would make pictures of any height: four times as high as they may be wide is the most.
    constexpr double most_upright = 4.0;
    const double across =
        std::max(slice.width * slice.pixel_width_mm, slice.height * slice.pixel_height_mm / most_upright) / smallest_mm;
    const double whole = std::min(std::floor(most_pixels / across), static_cast<double>(most_zoom));
    const double scale = (whole >= 1.0 ? whole : most_pixels / across) / smallest_mm;
    least = least == 0.0 ? scale : std::min(least, scale);
  }
  return least;
}

Picture mosaic_of(const std::vector<Slice>& slices, const ColourScale& scale, double pixels_per_mm) {
  const Size size = size_of(slices.front(), pixels_per_mm);
  Picture all = Picture::filled(static_cast<int>(slices.size()) * (size.width + gap) - gap, size.height, paper);
  Picture one = Picture::filled(size.width, size.height, paper);
  for (std::size_t s = 0; s < slices.size(); ++s) {
    const Slice& slice = slices[s];
    std::size_t pixel = 0;
    for (int y = 0; y < size.height; ++y)
      for (int x = 0; x < size.width; ++x) {
        const int voxel = y * slice.height / size.height * slice.width + x * slice.width / size.width;
        one.pixels[pixel++] = scale.place_of(slice.values[static_cast<std::size_t>(voxel)]);
      }
    place_picture(all, one, static_cast<int>(s) * (size.width + gap), 0);
  }
  return all;
}

Picture colour_bar(int height) {
  Picture bar = Picture::filled(last_colour - first_colour + 1, height, paper);
  for (std::size_t i = 0; i < bar.pixels.size(); ++i)
    bar.pixels[i] = static_cast<unsigned char>(first_colour + i % static_cast<std::size_t>(bar.width));
  return bar;
}

Picture map_overview(const Grid& grid, std::span<const float> voxels, const OverviewText& text) {
  constexpr int count = 6;
  const ColourScale scale = text.levels.empty() ? colour_scale_of(voxels) : scale_of_levels(text.levels);
  std::vector<Part> parts = {{line_of(text.title, 2), 0}};
  std::vector<Slice> first_slices;
  std::vector<std::pair<Plane, std::vector<Slice>>> planes;
  for (const Plane plane : {Plane::axial, Plane::coronal, Plane::sagittal}) {
    planes.emplace_back(plane, slices_of(grid, voxels, plane, count));
    if (planes.back().second.empty()) {
      parts.push_back({line_of("The map holds no value.", 1), 10});
      return below_each_other(parts);
    }
    first_slices.push_back(planes.back().second.front());
  }
  const double zoom = pixels_per_mm(first_slices, 160, 8);
  for (const auto& [plane, slices] : planes) {
    parts.push_back({line_of(std::string(name_of(plane)) + ", " + std::string(reading_of(plane)), 1), 12});
    parts.push_back({mosaic_of(slices, scale, zoom), 4});
    parts.push_back({positions_of(slices, zoom), 3});
  }
  parts.push_back({legend_of(text, scale), 14});
  return below_each_other(parts);
}

}  // namespace pet
