// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace pet::detail {

/// A file made of blocks that several threads produce, compressed to one gzip stream or as they are. Block borders do
/// not depend on the number of threads, so neither do the bytes.
class BlockFile {
 public:
  /// Throws OutputError with the reason, as do the others.
  BlockFile(const std::filesystem::path& path, bool compress);
  ~BlockFile();
  BlockFile(const BlockFile&) = delete;
  BlockFile& operator=(const BlockFile&) = delete;

  /// Appends `count` blocks in their order; `fill(i, bytes)` gives block i its length and its bytes, and is called from
  /// so many threads (0: one a core) while others write. The first error of a block ends it, whatever the timing.
  /// A block has less than 4 GiB.
  void append(std::size_t count,
              unsigned threads,
              const std::function<void(std::size_t, std::vector<std::byte>&)>& fill);
  /// Ends the stream and closes the file.
  void close();

 private:
  void write(const void* bytes, std::size_t size);
  std::string name_;
  std::FILE* file_ = nullptr;
  bool compress_;
  unsigned long checksum_ = 0;
  std::uint64_t length_ = 0;
};

}  // namespace pet::detail
