// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

namespace pet::detail {

/// The bytes of a file, inflated while they are read if it is one or more members of gzip (RFC 1952) and as they are if
/// not. What follows the last member is passed over.
class GzipInput {
 public:
  /// Throws InputNotFound with the reason.
  explicit GzipInput(const std::filesystem::path& path);
  ~GzipInput();
  GzipInput(const GzipInput&) = delete;
  GzipInput& operator=(const GzipInput&) = delete;

  /// The number of bytes read, less than asked for where the file ends or is damaged.
  std::size_t read(std::span<std::byte> bytes);
  /// Passes over `count` bytes; false if there are not so many.
  bool skip(std::size_t count);
  /// Whether the data are whole so far; at the end of a member that includes its checksum and length. Compressed data
  /// that stop without their end are not.
  bool is_whole() const { return is_whole_; }

 private:
  struct Inflater;
  std::size_t inflate(std::span<std::byte> bytes);
  bool refill();
  bool next_member();

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  std::vector<unsigned char> buffer_;
  std::unique_ptr<Inflater> inflater_;  ///< none for a file that is not compressed
  bool is_whole_ = true;
  bool is_at_end_ = false;
};

}  // namespace pet::detail
