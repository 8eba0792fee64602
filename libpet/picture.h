// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>
#include <vector>

namespace pet {

/// A picture of places in `picture_palette`, row by row from the upper left corner.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<unsigned char> pixels;

  /// A picture of one colour.
  static Picture filled(int width, int height, unsigned char place);
};

/// Places in the palette: white, for what is not shown; the first and the last colour of values; black, for text.
inline constexpr unsigned char paper = 0;
inline constexpr unsigned char first_colour = 1;
inline constexpr unsigned char last_colour = 254;
inline constexpr unsigned char ink = 255;

/// Red, green and blue of each place. The colours of values are viridis (Smith NJ, van der Walt S, 2015, CC0), given
/// here at nine points and linear between: their lightness rises all the way, so that a print in grey keeps the order.
const std::array<unsigned char, 768>& picture_palette();

/// Draws `part` into `picture` with its upper left corner at x, y. What lies outside is cut.
void place_picture(Picture& picture, const Picture& part, int x, int y);

/// Draws text in letters of 5 x 8 pixels, `size` times as large, with its upper left corner at x, y. What lies outside
/// is cut. A byte that is no printable ASCII is drawn as a question mark.
void draw_text(Picture& picture, int x, int y, std::string_view text, int size = 1);

/// How many pixels `draw_text` takes across.
int width_of_text(std::string_view text, int size = 1);

}  // namespace pet
