// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/elements.h"

#include <algorithm>

namespace pet::detail {
namespace {

constexpr std::uint32_t undefined_length = 0xFFFFFFFF;
constexpr std::uint32_t item = 0xFFFEE000;
constexpr std::uint32_t item_end = 0xFFFEE00D;
constexpr std::uint32_t sequence_end = 0xFFFEE0DD;
constexpr std::uint32_t philips_group = 0x7053;
constexpr int deepest_nesting = 16;

constexpr std::string_view short_representations = "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US ";
constexpr std::string_view long_representations = "OB OD OF OL OV OW SQ SV UC UN UR UT UV ";

bool is_among(std::string_view representations, std::string_view vr) {
  for (std::size_t i = 0; i + 2 <= representations.size(); i += 3)
    if (representations.substr(i, 2) == vr) return true;
  return false;
}

// Reads forward through bytes; `end` tells why it could not go on.
class Cursor {
 public:
  Cursor(Bytes bytes, std::size_t offset) : bytes_(bytes), at_(offset) {}

  std::size_t at() const { return at_; }
  bool is_done() const { return at_ == bytes_.size(); }
  Elements::End end() const { return end_; }

  // The tag of what comes next, without moving; 0 where the bytes end.
  std::uint32_t tag() {
    if (!has(4)) return 0;
    return little_endian(&bytes_[at_], 2) << 16 | little_endian(&bytes_[at_ + 2], 2);
  }

  // Takes one element. False where the bytes end or are not what they should be.
  bool take(Element& element, int depth) {
    element.tag = tag();
    if (!has(8)) return false;
    element.vr = {static_cast<char>(bytes_[at_ + 4]), static_cast<char>(bytes_[at_ + 5])};
    const bool is_long = is_among(long_representations, element.representation());
    if (!is_long && !is_among(short_representations, element.representation())) return fail();
    if (is_long && !has(12)) return false;
    const std::uint32_t length = is_long ? little_endian(&bytes_[at_ + 8], 4) : little_endian(&bytes_[at_ + 6], 2);
    at_ += is_long ? 12 : 8;
    const std::size_t start = at_;
    if (length == undefined_length) {
      if (element.representation() != "SQ") return fail();
      if (!skip_items(depth)) return false;
      element.value = bytes_.subspan(start, at_ - start);
      at_ += 8;  // the delimiter
      return true;
    }
    if (!has(length)) return false;
    element.value = bytes_.subspan(start, length);
    at_ += length;
    return true;
  }

  // Takes the header of an item and moves to the end of its content, which is returned; past its delimiter if any.
  bool take_item(Bytes& content, int depth) {
    if (!has(8)) return false;
    if (tag() != item || depth > deepest_nesting) return fail();
    const std::uint32_t length = little_endian(&bytes_[at_ + 4], 4);
    at_ += 8;
    const std::size_t start = at_;
    if (length != undefined_length) {
      if (!has(length)) return false;
      at_ += length;
      content = bytes_.subspan(start, length);
      return true;
    }
    Element ignored;
    while (tag() != item_end)
      if (!take(ignored, depth + 1)) return false;
    content = bytes_.subspan(start, at_ - start);
    if (!has(8)) return false;
    at_ += 8;
    return true;
  }

 private:
  bool has(std::size_t count) {
    if (bytes_.size() - at_ >= count) return true;
    if (end_ == Elements::End::complete) end_ = Elements::End::cut_short;
    return false;
  }

  bool fail() {
    end_ = Elements::End::unusual;
    return false;
  }

  // Moves to the delimiter of a sequence of undefined length.
  bool skip_items(int depth) {
    Bytes ignored;
    while (tag() != sequence_end)
      if (!take_item(ignored, depth)) return false;
    return has(8);
  }

  Bytes bytes_;
  std::size_t at_;
  Elements::End end_ = Elements::End::complete;
};

bool is_pixel_tag(std::uint32_t tag) {
  return tag == 0x7FE00008 || tag == 0x7FE00009 || tag == 0x7FE00010;
}

// Scanners' private elements stay unknown, but what a dictionary knows must be resolved.
bool is_resolvable(const Element& element) {
  const std::uint32_t group = element.tag >> 16;
  return element.representation() == "UN" && (group % 2 == 0 || group == philips_group);
}

}  // namespace

std::uint32_t little_endian(const unsigned char* bytes, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= std::uint32_t{bytes[i]} << 8 * i;
  return value;
}

const Element* Elements::find(std::uint32_t tag) const {
  const auto found = std::ranges::lower_bound(list, tag, {}, &Element::tag);
  return found != list.end() && found->tag == tag ? &*found : nullptr;
}

Elements split_elements(Bytes bytes, std::size_t offset, Unknown unknown) {
  Elements elements;
  elements.list.reserve(std::min<std::size_t>(128, (bytes.size() - std::min(bytes.size(), offset)) / 8));
  Cursor cursor(bytes, offset);
  Element element;
  while (true) {
    elements.next = cursor.at();
    if (cursor.is_done()) return elements;
    if (is_pixel_tag(cursor.tag())) {
      elements.end = Elements::End::at_pixels;
      return elements;
    }
    if (!cursor.take(element, 0)) {
      elements.end = cursor.end();
      return elements;
    }
    const bool is_ascending = elements.list.empty() || elements.list.back().tag < element.tag;
    if (!is_ascending || (unknown == Unknown::to_resolve && is_resolvable(element))) {
      elements.end = Elements::End::unusual;
      return elements;
    }
    elements.list.push_back(element);
  }
}

Elements split_first_item(Bytes sequence, Unknown unknown) {
  Cursor cursor(sequence, 0);
  Bytes content;
  if (!cursor.take_item(content, 0)) {
    Elements none;
    none.end = Elements::End::unusual;
    return none;
  }
  return split_elements(content, 0, unknown);
}

std::vector<Elements> split_items(Bytes sequence, std::size_t most, Unknown unknown) {
  std::vector<Elements> items;
  Cursor cursor(sequence, 0);
  while (!cursor.is_done() && items.size() < most) {
    Bytes content;
    const bool is_item = cursor.take_item(content, 0);
    items.push_back(is_item ? split_elements(content, 0, unknown) : Elements{});
    if (is_item) continue;
    items.back().end = Elements::End::unusual;
    break;
  }
  return items;
}

}  // namespace pet::detail
