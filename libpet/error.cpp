// SPDX-License-Identifier: Apache-2.0
#include "libpet/error.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <vector>

namespace pet {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// Levenshtein distance, one row at a time.
std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, substituted});
    }
  }
  return row.back();
}

}  // namespace

InputError bad_input(std::string_view where, std::string_view found, std::string_view expected) {
  std::string message(where);
  message.append(": found ").append(found).append(", expected ").append(expected);
  // Names of columns and keys are what a file says; the message stays one line of text.
  std::ranges::replace_if(
      message, [](unsigned char c) { return c < 32 || c == 127; }, '?');
  return InputError(message);
}

std::string nearest_name(std::string_view name, std::span<const std::string> candidates) {
  const std::string wanted = lower_case(name);
  std::string nearest;
  std::size_t best = std::max<std::size_t>(2, wanted.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(wanted, lower_case(candidate));
    // A name of which no letter is right is another name, however short.
    if (distance < best && distance < std::max(wanted.size(), candidate.size())) {
      best = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string suggestion(std::string_view name, std::span<const std::string> candidates) {
  const std::string nearest = nearest_name(name, candidates);
  if (!nearest.empty()) return std::string("; did you mean '").append(nearest).append("'?");
  if (candidates.empty()) return "";
  constexpr std::size_t most = 10;
  std::string list = "; there are: ";
  for (std::size_t i = 0; i < std::min(most, candidates.size()); ++i) {
    if (i > 0) list += ", ";
    list += candidates[i];
  }
  if (candidates.size() > most) list += ", ... (" + std::to_string(candidates.size()) + " in all)";
  return list;
}

}  // namespace pet
