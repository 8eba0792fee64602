// SPDX-License-Identifier: Apache-2.0
#include "libpet/picture.h"

#include <catch2/catch.hpp>
#include <cmath>
#include <set>

using namespace pet;

namespace {

// Lightness L* of a colour of sRGB: IEC 61966-2-1 for the luminance, CIE 15 for L*.
double lightness(const unsigned char* rgb) {
  const auto linear = [](unsigned char c) {
    const double v = c / 255.0;
    return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
  };
  const double luminance = 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
  return luminance > 216.0 / 24389.0 ? 116.0 * std::cbrt(luminance) - 16.0 : luminance * 24389.0 / 27.0;
}

// The picture as text, '#' for ink.
std::string drawn(const Picture& picture) {
  std::string text;
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x)
      text += picture.pixels[static_cast<std::size_t>(y * picture.width + x)] == ink ? '#' : '.';
    text += '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("The colours of values become lighter from each to the next, in nearly even steps") {
  const auto& palette = picture_palette();
  const double first = lightness(&palette[3 * first_colour]);
  const double last = lightness(&palette[3 * last_colour]);
  CHECK(first < 20.0);
  CHECK(last > 85.0);
  const double even = (last - first) / (last_colour - first_colour);
  for (std::size_t place = first_colour; place < last_colour; ++place) {
    INFO(place);
    const double step = lightness(&palette[3 * (place + 1)]) - lightness(&palette[3 * place]);
    CHECK(step > -0.3);  // bytes are rounded
    CHECK(step < 4.0 * even);
  }
  for (std::size_t place = first_colour; place + 8 <= last_colour; ++place)
    CHECK(lightness(&palette[3 * (place + 8)]) > lightness(&palette[3 * place]));
  CHECK(lightness(palette.data()) == Approx(100.0));
  CHECK(lightness(&palette[3 * ink]) == 0.0);
}

TEST_CASE("A letter is drawn where it should be, at its size, and cut at the edges") {
  Picture picture = Picture::filled(7, 9, paper);
  draw_text(picture, 1, 1, "L");
  CHECK(drawn(picture) == ".......\n.#.....\n.#.....\n.#.....\n.#.....\n.#.....\n.#.....\n.#####.\n.......\n");
  Picture large = Picture::filled(4, 4, paper);
  draw_text(large, 0, 0, "L", 2);
  CHECK(drawn(large) == "##..\n##..\n##..\n##..\n");
  Picture cut = Picture::filled(2, 2, paper);
  draw_text(cut, -4, -6, "L");
  CHECK(drawn(cut) == "#.\n..\n");
  CHECK(width_of_text("") == 0);
  CHECK(width_of_text("L") == 5);
  CHECK(width_of_text("1/min", 2) == 58);
}

TEST_CASE("Every printable character has a shape of its own") {
  std::set<std::string> shapes;
  for (char c = ' '; c <= '~'; ++c) {
    Picture picture = Picture::filled(5, 8, paper);
    draw_text(picture, 0, 0, std::string(1, c));
    INFO(c);
    CHECK(shapes.insert(drawn(picture)).second);
  }
}

TEST_CASE("A picture is placed with its upper left corner, and cut at the edges") {
  Picture picture = Picture::filled(3, 2, paper);
  place_picture(picture, Picture::filled(2, 2, ink), 2, -1);
  CHECK(drawn(picture) == "..#\n...\n");
}
