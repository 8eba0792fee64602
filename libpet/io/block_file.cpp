// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <thread>
#include <utility>

#include "libpet/io/detail/block_file.h"
#include "libpet/io/output_files.h"
#include "libpet/parallel.h"

namespace pet::detail {
namespace {

// Noisy floats have few repeats worth a search: level 6 takes 1.3 to 1.7 times as long as level 1, for images that are
// from 3 % smaller (empty air) to 2 % larger (noise everywhere).
constexpr int level = 1;

struct Compressed {
  std::vector<std::byte> bytes;
  unsigned long checksum = 0;
  std::size_t length = 0;  ///< before compression
};

// One block as raw deflate data that ends on a byte, without an end of stream: blocks can be put behind one another.
std::vector<std::byte> deflated(std::span<const std::byte> block, int flush) {
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  std::vector<std::byte> bytes(deflateBound(&stream, block.size()) + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(block.data()));
  stream.avail_in = static_cast<uInt>(block.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  const int result = deflate(&stream, flush);
  bytes.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != (flush == Z_FINISH ? Z_STREAM_END : Z_OK)) throw std::runtime_error("deflate failed");
  return bytes;
}

std::array<unsigned char, 4> little_endian(std::uint64_t value) {
  std::array<unsigned char, 4> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(value >> (8 * i));
  return bytes;
}

}  // namespace

BlockFile::BlockFile(const std::filesystem::path& path, bool compress)
    : name_(path.string()), file_(std::fopen(path.c_str(), "wbe")), compress_(compress) {
  if (file_ == nullptr) throw OutputError(name_ + ": cannot be written: " + std::strerror(errno));
  // RFC 1952: deflate, no name, no time, unknown system.
  constexpr std::array<unsigned char, 10> header = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff};
  checksum_ = crc32(0, nullptr, 0);
  try {
    if (compress_) write(header.data(), header.size());
  } catch (...) {
    std::fclose(file_);
    throw;
  }
}

BlockFile::~BlockFile() {
  if (file_ != nullptr) std::fclose(file_);
}

void BlockFile::append(std::size_t count, const std::function<std::vector<std::byte>(std::size_t)>& block) {
  const auto at_once = std::size_t{2} * std::max(1u, std::thread::hardware_concurrency());
  std::vector<Compressed> blocks(std::min(count, at_once));
  for (std::size_t first = 0; first < count; first += blocks.size()) {
    const std::size_t size = std::min(blocks.size(), count - first);
    parallel_for(size, 0, [&](std::size_t i) {
      std::vector<std::byte> bytes = block(first + i);
      blocks[i].length = bytes.size();
      if (compress_) {
        blocks[i].checksum = crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
        blocks[i].bytes = deflated(bytes, Z_FULL_FLUSH);
      } else {
        blocks[i].bytes = std::move(bytes);
      }
    });
    for (std::size_t i = 0; i < size; ++i) {
      write(blocks[i].bytes.data(), blocks[i].bytes.size());
      length_ += blocks[i].length;
      if (compress_) checksum_ = crc32_combine(checksum_, blocks[i].checksum, static_cast<z_off_t>(blocks[i].length));
    }
  }
}

void BlockFile::close() {
  if (compress_) {
    const std::vector<std::byte> end = deflated({}, Z_FINISH);
    write(end.data(), end.size());
    write(little_endian(checksum_).data(), 4);
    write(little_endian(length_).data(), 4);
  }
  std::FILE* const file = std::exchange(file_, nullptr);
  if (std::fclose(file) != 0) throw OutputError(name_ + ": cannot be written: " + std::strerror(errno));
}

void BlockFile::write(const void* bytes, std::size_t size) {
  if (std::fwrite(bytes, 1, size, file_) != size)
    throw OutputError(name_ + ": cannot be written: " + std::strerror(errno));
}

}  // namespace pet::detail
