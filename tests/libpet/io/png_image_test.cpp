// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/png_image.h"

#include <png.h>

#include <catch2/catch.hpp>
#include <cstring>

using namespace pet;

TEST_CASE("A picture is a PNG of its size and colours") {
  Picture picture = Picture::filled(3, 2, paper);
  picture.pixels = {paper, ink, first_colour, last_colour, 100, paper};
  const std::string bytes = png_bytes(picture);
  CHECK(bytes == png_bytes(picture));

  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) != 0);
  CHECK(image.width == 3);
  CHECK(image.height == 2);
  image.format = PNG_FORMAT_RGB;
  std::vector<unsigned char> read(PNG_IMAGE_SIZE(image));
  REQUIRE(png_image_finish_read(&image, nullptr, read.data(), 0, nullptr) != 0);
  REQUIRE(read.size() == 18);
  for (std::size_t pixel = 0; pixel < picture.pixels.size(); ++pixel)
    for (std::size_t c = 0; c < 3; ++c)
      CHECK(read[3 * pixel + c] == picture_palette()[3 * static_cast<std::size_t>(picture.pixels[pixel]) + c]);
}
