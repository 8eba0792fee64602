// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/clean_text.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcspchrs.h>

#include <algorithm>

#include "libpet/dicom/detail/dataset.h"

namespace pet::detail {
namespace {

bool is_plain(char c) {
  return c >= ' ' && c <= '~';
}

// The length of the UTF-8 character at the front of `text`; 0 where there is none, or where it is a control character.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (is_plain(text[0])) return 1;
  const std::size_t length = byte(0) >= 0xF0 && byte(0) < 0xF5   ? 4
                             : byte(0) >= 0xE0 && byte(0) < 0xF0 ? 3
                             : byte(0) >= 0xC2 && byte(0) < 0xE0 ? 2
                                                                 : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xC0) != 0x80) return 0;
  const bool is_control = byte(0) == 0xC2 && byte(1) < 0xA0;
  const bool is_overlong = (byte(0) == 0xE0 && byte(1) < 0xA0) || (byte(0) == 0xF0 && byte(1) < 0x90);
  const bool is_no_character = (byte(0) == 0xED && byte(1) >= 0xA0) || (byte(0) == 0xF4 && byte(1) >= 0x90);
  return is_control || is_overlong || is_no_character ? 0 : length;
}

std::string decoded(std::string_view bytes, std::string_view character_set) {
  prepare_dcmtk();
  DcmSpecificCharacterSet converter;
  OFString text;
  if (!character_set.empty() && character_set != "ISO_IR 192" &&
      converter.selectCharacterSet(OFString(character_set.data(), character_set.size())).good() &&
      converter.convertString(OFString(bytes.data(), bytes.size()), text, "\\").good())
    return std::string(text.c_str(), text.length());
  return std::string(bytes);
}

}  // namespace

std::string clean_text(std::string_view bytes, std::string_view character_set) {
  if (std::ranges::all_of(bytes, is_plain)) return std::string(bytes);
  const std::string text = decoded(bytes, character_set);
  std::string clean;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = character_length(rest);
    clean += length == 0 || (character_set.empty() && length > 1) ? std::string_view("?") : rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return clean;
}

}  // namespace pet::detail
