// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/gzip_input.h"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "libpet/error.h"

namespace pet::detail {
namespace {

constexpr std::size_t buffer_size = std::size_t{1} << 18;
constexpr std::array<unsigned char, 2> magic = {0x1f, 0x8b};

}  // namespace

struct GzipInput::Inflater {
  inflate_state state;
};

GzipInput::GzipInput(const std::filesystem::path& path) : file_(std::fopen(path.c_str(), "rbe")) {
  if (!file_) throw InputNotFound(path.string() + ": cannot be opened: " + std::strerror(errno));
  std::setvbuf(file_.get(), nullptr, _IONBF, 0);  // large reads go straight to where they are wanted
  std::array<unsigned char, magic.size()> start{};
  const std::size_t count = std::fread(start.data(), 1, start.size(), file_.get());
  std::rewind(file_.get());
  if (count < start.size() || start != magic) return;
  buffer_.resize(buffer_size);
  inflater_ = std::make_unique<Inflater>();
  isal_inflate_init(&inflater_->state);
  inflater_->state.crc_flag = ISAL_GZIP;
}

GzipInput::~GzipInput() = default;

std::size_t GzipInput::read(std::span<std::byte> bytes) {
  if (!inflater_) return std::fread(bytes.data(), 1, bytes.size(), file_.get());
  std::size_t done = 0;
  while (done < bytes.size() && is_whole_ && !is_at_end_) {
    constexpr std::size_t most = std::size_t{1} << 30;  // the library counts in 32 bits
    done += inflate(bytes.subspan(done, std::min(most, bytes.size() - done)));
  }
  return done;
}

bool GzipInput::skip(std::size_t count) {
  std::array<std::byte, 4096> scratch;
  for (std::size_t done = 0; done < count;) {
    const std::size_t part = std::min(scratch.size(), count - done);
    if (read(std::span(scratch).first(part)) != part) return false;
    done += part;
  }
  return true;
}

// Inflates until the bytes are full, a member ends, or there is no more.
std::size_t GzipInput::inflate(std::span<std::byte> bytes) {
  inflate_state& state = inflater_->state;
  state.next_out = reinterpret_cast<std::uint8_t*>(bytes.data());
  state.avail_out = static_cast<std::uint32_t>(bytes.size());
  while (state.avail_out > 0 && state.block_state != ISAL_BLOCK_FINISH) {
    const bool has_input = state.avail_in > 0 || refill();
    const std::uint32_t space = state.avail_out;
    const int result = isal_inflate(&state);
    const bool is_stuck = !has_input && state.avail_out == space && state.block_state != ISAL_BLOCK_FINISH;
    if (result < 0 || is_stuck) {
      is_whole_ = false;
      break;
    }
  }
  const std::size_t count = bytes.size() - state.avail_out;
  if (is_whole_ && state.block_state == ISAL_BLOCK_FINISH) is_at_end_ = !next_member();
  return count;
}

// Reads on behind what is left of the buffer; false at the end of the file.
bool GzipInput::refill() {
  inflate_state& state = inflater_->state;
  if (state.avail_in > 0) std::memmove(buffer_.data(), state.next_in, state.avail_in);
  const std::size_t count =
      std::fread(buffer_.data() + state.avail_in, 1, buffer_.size() - state.avail_in, file_.get());
  state.next_in = buffer_.data();
  state.avail_in += static_cast<std::uint32_t>(count);
  return count > 0;
}

bool GzipInput::next_member() {
  inflate_state& state = inflater_->state;
  refill();  // a header is read in one piece
  if (state.avail_in < magic.size() || !std::equal(magic.begin(), magic.end(), state.next_in)) return false;
  std::uint8_t* const in = state.next_in;
  const std::uint32_t left = state.avail_in;
  isal_inflate_reset(&state);
  state.crc_flag = ISAL_GZIP;
  state.next_in = in;
  state.avail_in = left;
  return true;
}

}  // namespace pet::detail
