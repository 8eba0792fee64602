// SPDX-License-Identifier: Apache-2.0
#include "libpet/dicom/detail/identity.h"

#include <algorithm>

namespace pet::detail {
namespace {

constexpr std::size_t shortest_word = 3;

// Letters and digits in lower case, also those of Latin-1 in UTF-8; of all else '\0'.
std::string folded(std::string_view text) {
  std::string result(text);
  unsigned char before = 0;
  for (char& c : result) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 'A' && byte <= 'Z')
      c = static_cast<char>(byte + 'a' - 'A');
    else if (before == 0xC3 && byte >= 0x80 && byte <= 0x9E)
      c = static_cast<char>(byte + 0x20);
    else if (byte < 0x80 && !(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9'))
      c = '\0';
    before = byte;
  }
  return result;
}

std::string without_gaps(std::string text) {
  std::erase(text, '\0');
  return text;
}

// What is no text tells nobody's name.
std::string text_or_nothing(const Dataset& data, const DcmTagKey& tag) {
  try {
    return data.text(tag);
  } catch (const InputError&) {
    return "";
  }
}

std::vector<Dataset> other_ids(const Dataset& data) {
  constexpr std::size_t most = 64;
  try {
    return data.items(DCM_OtherPatientIDsSequence, most);
  } catch (const InputError&) {
    return {};
  }
}

}  // namespace

Identity::Identity(const Dataset& data) {
  const auto add = [&](std::string word) {
    if (word.size() >= shortest_word) words_.push_back(std::move(word));
  };
  const auto add_words = [&](const Dataset& from, const DcmTagKey& tag) {
    const std::string text = folded(text_or_nothing(from, tag));
    add(without_gaps(text));
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\0', at), text.size());
      add(text.substr(at, end - at));
      at = end + 1;
    }
  };
  for (const DcmTagKey& tag : {DCM_PatientName, DCM_PatientID, DCM_PatientBirthDate, DCM_AccessionNumber,
                               DCM_RETIRED_OtherPatientIDs, DCM_OtherPatientNames, DCM_PatientBirthName})
    add_words(data, tag);
  for (const Dataset& other : other_ids(data)) add_words(other, DCM_PatientID);
}

bool Identity::is_repeated_in(std::string_view text) const {
  const std::string searched = without_gaps(folded(text));
  return std::ranges::any_of(words_, [&](const std::string& word) { return searched.find(word) != std::string::npos; });
}

std::string Identity::quoted(std::string_view text) const {
  return is_repeated_in(text) ? "a text that repeats who was scanned" : quote(text);
}

}  // namespace pet::detail
