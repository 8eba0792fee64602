// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>

namespace pet::detail {

/// A file opened for reading at any offset; closed with the object. Throws InputNotFound if it cannot be opened.
class FileBytes {
 public:
  explicit FileBytes(const std::filesystem::path& path);
  ~FileBytes();
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  std::size_t size() const { return size_; }
  /// Reads up to `count` bytes at `offset`; returns how many there were.
  std::size_t read(void* to, std::size_t offset, std::size_t count) const;

 private:
  int descriptor_ = -1;
  std::size_t size_ = 0;
};

}  // namespace pet::detail
