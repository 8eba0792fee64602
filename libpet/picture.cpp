// SPDX-License-Identifier: Apache-2.0
#include "libpet/picture.h"

#include <algorithm>
#include <cmath>

#include "libpet/detail/letters.h"

namespace pet {
namespace {

using Colour = std::array<unsigned char, 3>;

// Viridis at every eighth of its length.
constexpr std::array<Colour, 9> viridis = {{{0x44, 0x01, 0x54},
                                            {0x47, 0x2D, 0x7B},
                                            {0x3B, 0x52, 0x8B},
                                            {0x2C, 0x72, 0x8E},
                                            {0x21, 0x91, 0x8C},
                                            {0x28, 0xAE, 0x80},
                                            {0x5E, 0xC9, 0x62},
                                            {0xAD, 0xDC, 0x30},
                                            {0xFD, 0xE7, 0x25}}};

constexpr int letter_step = detail::letter_width + 1;

Colour colour_at(double share) {
  const double place = share * (viridis.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(place), viridis.size() - 2);
  Colour colour{};
  for (std::size_t c = 0; c < colour.size(); ++c) {
    const double mixed = std::lerp(static_cast<double>(viridis[below][c]), static_cast<double>(viridis[below + 1][c]),
                                   place - static_cast<double>(below));
    colour[c] = static_cast<unsigned char>(std::lround(mixed));
  }
  return colour;
}

std::array<unsigned char, 768> made_palette() {
  std::array<unsigned char, 768> bytes{};
  const auto put = [&](std::size_t place, const Colour& colour) {
    std::copy(colour.begin(), colour.end(), bytes.begin() + static_cast<std::ptrdiff_t>(3 * place));
  };
  put(paper, {255, 255, 255});
  for (std::size_t place = first_colour; place <= last_colour; ++place)
    put(place, colour_at(static_cast<double>(place - first_colour) / (last_colour - first_colour)));
  put(ink, {0, 0, 0});
  return bytes;
}

void set_pixel(Picture& picture, int x, int y, unsigned char place) {
  if (x < 0 || y < 0 || x >= picture.width || y >= picture.height) return;
  picture.pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) + static_cast<std::size_t>(x)] =
      place;
}

}  // namespace

Picture Picture::filled(int width, int height, unsigned char place) {
  return {width, height,
          std::vector<unsigned char>(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), place)};
}

const std::array<unsigned char, 768>& picture_palette() {
  static const std::array<unsigned char, 768> bytes = made_palette();
  return bytes;
}

void place_picture(Picture& picture, const Picture& part, int x, int y) {
  for (int row = 0; row < part.height; ++row)
    for (int column = 0; column < part.width; ++column)
      set_pixel(picture, x + column, y + row,
                part.pixels[static_cast<std::size_t>(row) * static_cast<std::size_t>(part.width) +
                            static_cast<std::size_t>(column)]);
}

void draw_text(Picture& picture, int x, int y, std::string_view text, int size) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto& rows = detail::letter(text[i]);
    const int left = x + static_cast<int>(i) * letter_step * size;
    for (int row = 0; row < detail::letter_height * size; ++row)
      for (int column = 0; column < detail::letter_width * size; ++column)
        if (rows[static_cast<std::size_t>(row / size)][static_cast<std::size_t>(column / size)] == '#')
          set_pixel(picture, left + column, y + row, ink);
  }
}

int width_of_text(std::string_view text, int size) {
  return text.empty() ? 0 : (static_cast<int>(text.size()) * letter_step - 1) * size;
}

}  // namespace pet
