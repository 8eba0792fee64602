// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pet::detail {

/// How DICOM codes a radionuclide (CID 4020, SNOMED-RT values, which scanners still write).
struct RadionuclideCode {
  std::string_view nuclide;  ///< "C11"
  std::string_view value;    ///< "C-105A1"
  std::string_view meaning;  ///< "^11^Carbon"
};

std::optional<RadionuclideCode> code_of_nuclide(std::string_view nuclide);

/// "C11" of a code value or of a meaning as scanners write it ("^11^Carbon", "Carbon-11", "11C"); empty if not known.
std::string nuclide_of_code(std::string_view value, std::string_view meaning);

}  // namespace pet::detail
