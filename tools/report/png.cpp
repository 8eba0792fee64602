// SPDX-License-Identifier: Apache-2.0
#include <png.h>

#include <cstring>
#include <stdexcept>

#include "tools/report/detail/answer.h"

namespace pet::detail {

std::string png_of(int width,
                   int height,
                   const std::vector<unsigned char>& pixels,
                   const std::vector<unsigned char>& palette) {
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_RGB_COLORMAP;
  image.colormap_entries = static_cast<png_uint_32>(palette.size() / 3);
  png_alloc_size_t size = 0;
  if (png_image_write_to_memory(&image, nullptr, &size, 0, pixels.data(), 0, palette.data()) == 0)
    throw std::runtime_error(std::string("a picture that libpng cannot write: ") + image.message);
  std::string bytes(size, '\0');
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, pixels.data(), 0, palette.data()) == 0)
    throw std::runtime_error(std::string("a picture that libpng cannot write: ") + image.message);
  bytes.resize(size);
  return bytes;
}

}  // namespace pet::detail
