// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace pet::detail {

using Bytes = std::span<const unsigned char>;

/// One element of a data set in explicit little endian. The value is a view of bytes that someone else keeps; of a
/// sequence it is all items, without the delimiter.
struct Element {
  std::uint32_t tag = 0;  ///< group x 65536 + element
  std::array<char, 2> vr{};
  Bytes value;

  std::string_view representation() const { return {vr.data(), vr.size()}; }
};

/// The elements of a data set up to its pixels, in ascending order of tags.
struct Elements {
  enum class End {
    complete,   ///< the bytes end after an element
    at_pixels,  ///< the next element is Pixel Data, Float Pixel Data or Double Float Pixel Data
    cut_short,  ///< the bytes end within an element
    unusual     ///< not plain explicit little endian: to be read by DCMTK
  };
  std::vector<Element> list;
  End end = End::complete;
  std::size_t next = 0;  ///< offset of what comes after the list

  /// Nothing if there is no element of that tag.
  const Element* find(std::uint32_t tag) const;
};

/// What becomes of an element of unknown representation (UN) that a dictionary could resolve.
enum class Unknown {
  to_resolve,  ///< it makes the data set unusual
  to_keep      ///< it stays in the list as UN: the dictionary was asked already
};

/// Splits bytes, from `offset`, into elements.
Elements split_elements(Bytes bytes, std::size_t offset = 0, Unknown unknown = Unknown::to_resolve);

/// The elements of the first item of the value of a sequence; `unusual` if there is no item.
Elements split_first_item(Bytes sequence, Unknown unknown = Unknown::to_resolve);

/// The elements of the items of the value of a sequence, `most` at most; the last is `unusual` where one is not
/// well-formed.
std::vector<Elements> split_items(Bytes sequence, std::size_t most, Unknown unknown = Unknown::to_resolve);

std::uint32_t little_endian(const unsigned char* bytes, std::size_t count);

}  // namespace pet::detail
