// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/encapsulated.h"

#include <algorithm>
#include <array>

#include "libpet/dicom/detail/elements.h"
#include "libpet/dicom/detail/file_bytes.h"
#include "libpet/error.h"

namespace pet::detail {
namespace {

constexpr std::size_t item_header_bytes = 8;
constexpr std::uint32_t item_tag = 0xE000FFFE;  // as little-endian bytes read: group, then element
constexpr std::uint32_t end_tag = 0xE0DDFFFE;

struct Item {
  std::uint32_t tag = 0;
  std::size_t length = 0;
};

Item item_at(const FileBytes& file, std::size_t offset, const std::string& where) {
  std::array<unsigned char, item_header_bytes> bytes{};
  if (file.read(bytes.data(), offset, bytes.size()) < bytes.size())
    throw bad_input(where, "fragments of pixels without an end", "a delimiter after them");
  const Item item{little_endian(bytes.data(), 4), little_endian(bytes.data() + 4, 4)};
  if (item.tag != item_tag && item.tag != end_tag)
    throw bad_input(where, "fragments of pixels that are no items", "items and a delimiter");
  if (item.tag == item_tag && item.length > file.size() - offset - item_header_bytes)
    throw bad_input(where,
                    "a fragment of " + std::to_string(item.length) + " bytes that reaches beyond the end of the file",
                    "fragments within it");
  return item;
}

// What the table of offsets says of each frame: bytes from the first item after it.
std::vector<std::size_t> table_of(const FileBytes& file, std::size_t offset, std::size_t length) {
  std::vector<unsigned char> bytes(length);
  bytes.resize(file.read(bytes.data(), offset, length));
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) offsets.push_back(little_endian(&bytes[i], 4));
  return offsets;
}

}  // namespace

EncapsulatedPixels::EncapsulatedPixels(const std::filesystem::path& path,
                                       std::size_t offset,
                                       std::size_t frames,
                                       const std::string& where)
    : path_(path) {
  const FileBytes file(path);
  const Item table = item_at(file, offset, where);
  if (table.tag != item_tag)
    throw bad_input(where, "no table of offsets", "one, or an empty one, before the fragments");
  std::size_t at = offset + item_header_bytes + table.length;
  const std::size_t first_item = at;
  for (Item item = item_at(file, at, where); item.tag == item_tag; item = item_at(file, at, where)) {
    fragments_.push_back({at + item_header_bytes, item.length});
    at += item_header_bytes + item.length;
  }

  if (frames == 1) {
    first_of_frame_ = {0};
  } else if (fragments_.size() == frames) {
    for (std::size_t f = 0; f < frames; ++f) first_of_frame_.push_back(f);
  } else {
    for (const std::size_t start : table_of(file, offset + item_header_bytes, table.length)) {
      const auto fragment = std::ranges::lower_bound(fragments_, first_item + start + item_header_bytes, {},
                                                     [](const Fragment& f) { return f.offset; });
      first_of_frame_.push_back(static_cast<std::size_t>(fragment - fragments_.begin()));
    }
  }
  first_of_frame_.push_back(fragments_.size());
  if (fragments_.empty() || first_of_frame_.size() != frames + 1 || !std::ranges::is_sorted(first_of_frame_))
    throw bad_input(where, std::to_string(fragments_.size()) + " fragments without a table that says whose they are",
                    "one for each of " + std::to_string(frames) + " frames, or a table of offsets");
}

std::vector<unsigned char> EncapsulatedPixels::frame(std::size_t index) const {
  const FileBytes file(path_);
  std::vector<unsigned char> bytes;
  for (std::size_t i = first_of_frame_[index]; i < first_of_frame_[index + 1]; ++i) {
    const std::size_t before = bytes.size();
    bytes.resize(before + fragments_[i].length);
    bytes.resize(before + file.read(bytes.data() + before, fragments_[i].offset, fragments_[i].length));
  }
  return bytes;
}

}  // namespace pet::detail
