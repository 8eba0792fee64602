// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/png_image.h"

#include <png.h>

#include <cstring>
#include <stdexcept>

namespace pet {

std::string png_bytes(const Picture& picture) {
  const auto& palette = picture_palette();
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = PNG_FORMAT_RGB_COLORMAP;
  image.colormap_entries = static_cast<png_uint_32>(palette.size() / 3);
  const auto write = [&](char* bytes, png_alloc_size_t& size) {
    if (png_image_write_to_memory(&image, bytes, &size, 0, picture.pixels.data(), 0, palette.data()) == 0)
      throw std::runtime_error(std::string("a picture that libpng cannot write: ") + image.message);
  };
  png_alloc_size_t size = 0;
  write(nullptr, size);
  std::string bytes(size, '\0');
  write(bytes.data(), size);
  bytes.resize(size);
  return bytes;
}

}  // namespace pet
