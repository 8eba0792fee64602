// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libpet/dicom/detail/dataset.h"

namespace pet::detail {

/// What a file says of who was scanned, to be kept out of every output: free text may repeat it.
class Identity {
 public:
  /// Takes the words of the patient's names, IDs and birth date and of the accession number.
  explicit Identity(const Dataset& data);

  /// Whether `text` holds one of them that has three letters or digits or more, whatever its case.
  bool is_repeated_in(std::string_view text) const;
  /// quote(text), unless it holds one: then it says no more than that.
  std::string quoted(std::string_view text) const;

 private:
  std::vector<std::string> words_;
};

}  // namespace pet::detail
