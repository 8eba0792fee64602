// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "libpet/dicom/pet_writer.h"
#include "libpet/provenance.h"

namespace pet {
namespace {

// The decimal digits of a number written in hexadecimal, by repeated multiplication of the digits by 16.
std::string decimal_of(std::string_view hexadecimal) {
  std::string digits = "0";  // least significant first, as values
  digits[0] = 0;
  for (const char c : hexadecimal) {
    int carry = c <= '9' ? c - '0' : c - 'a' + 10;
    for (char& digit : digits) {
      const int value = digit * 16 + carry;
      digit = static_cast<char>(value % 10);
      carry = value / 10;
    }
    for (; carry > 0; carry /= 10) digits += static_cast<char>(carry % 10);
  }
  for (char& digit : digits) digit = static_cast<char>(digit + '0');
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace

std::string uid_from(const std::string& seed, const std::string& role) {
  constexpr std::size_t hexadecimal_digits_of_128_bits = 32;
  return "2.25." + decimal_of(sha256(seed + '\0' + role).substr(0, hexadecimal_digits_of_128_bits));
}

}  // namespace pet
