// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "libpet/error.h"
#include "libpet/io/detail/text_file.h"

namespace pet::detail {

std::string read_text_file(const std::filesystem::path& path) {
  const auto failure = [&](int reason) {
    return InputNotFound(path.string() + ": cannot be read: " + std::strerror(reason));
  };
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file) throw failure(errno);
  std::string text;
  char buffer[1 << 16];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, file.get())) > 0;) text.append(buffer, n);
  if (std::ferror(file.get())) throw failure(errno);  // a folder opens but does not read
  return text;
}

std::filesystem::path without_extension(const std::filesystem::path& path) {
  std::filesystem::path stem = path;
  if (stem.extension() == ".gz") stem.replace_extension();
  return stem.replace_extension();
}

}  // namespace pet::detail
