// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/radionuclide.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace pet::detail {
namespace {

constexpr std::array codes = {
    RadionuclideCode{"C11", "C-105A1", "^11^Carbon"},    RadionuclideCode{"N13", "C-107A1", "^13^Nitrogen"},
    RadionuclideCode{"O15", "C-B1038", "^15^Oxygen"},    RadionuclideCode{"F18", "C-111A1", "^18^Fluorine"},
    RadionuclideCode{"Cu64", "C-127A2", "^64^Copper"},   RadionuclideCode{"Ga68", "C-131A3", "^68^Gallium"},
    RadionuclideCode{"Rb82", "C-159A2", "^82^Rubidium"}, RadionuclideCode{"Zr89", "C-168A4", "^89^Zirconium"},
    RadionuclideCode{"I124", "C-114A5", "^124^Iodine"},
};

struct Parts {
  std::string letters;  // lower case
  std::string digits;
  friend bool operator==(const Parts&, const Parts&) = default;
};

Parts parts_of(std::string_view text) {
  Parts parts;
  for (const unsigned char c : text) {
    if (std::isalpha(c)) parts.letters += static_cast<char>(std::tolower(c));
    if (std::isdigit(c)) parts.digits += static_cast<char>(c);
  }
  return parts;
}

}  // namespace

std::optional<RadionuclideCode> code_of_nuclide(std::string_view nuclide) {
  const Parts wanted = parts_of(nuclide);
  for (const RadionuclideCode& code : codes)
    if (parts_of(code.nuclide) == wanted) return code;
  return std::nullopt;
}

std::string nuclide_of_code(std::string_view value, std::string_view meaning) {
  const Parts wanted = parts_of(meaning);
  for (const RadionuclideCode& code : codes)
    if (parts_of(code.meaning) == wanted || parts_of(code.nuclide) == wanted) return std::string(code.nuclide);
  for (const RadionuclideCode& code : codes)
    if (code.value == value) return std::string(code.nuclide);
  return "";
}

}  // namespace pet::detail
