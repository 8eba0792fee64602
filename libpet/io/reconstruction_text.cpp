// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <regex>

#include "libpet/io/bids_pet.h"
#include "libpet/io/tsv.h"

namespace pet {
namespace {

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string without_blanks_around(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" ,;-");
  const std::size_t last = text.find_last_not_of(" ,;-");
  return first == std::string::npos ? "" : text.substr(first, last - first + 1);
}

bool holds_any(const std::string& text, std::initializer_list<const char*> parts) {
  return std::ranges::any_of(parts, [&](const char* part) { return text.find(part) != std::string::npos; });
}

}  // namespace

Reconstruction parse_reconstruction(const std::string& text) {
  static const std::regex counts(
      R"((\d{1,4}) ?i(?:t(?:er(?:ations?)?)?s?)?[ ,/]*(\d{1,4}) ?s(?:ub(?:sets?)?s?)?(?![a-z]))", std::regex::icase);
  Reconstruction reconstruction;
  std::smatch match;
  if (std::regex_search(text, match, counts)) {
    reconstruction.name = without_blanks_around(match.prefix().str() + match.suffix().str());
    reconstruction.labels = {"iterations", "subsets"};
    reconstruction.units = {"none", "none"};
    reconstruction.values = {*parse_number(match[1].str()), *parse_number(match[2].str())};
    return reconstruction;
  }
  reconstruction.name = text;
  // Analytic methods have neither.
  if (holds_any(upper(text), {"FBP", "FILTERED BACK", "DIFT", "3DRP", "REPROJECTION"}))
    reconstruction.labels = {"none"};
  return reconstruction;
}

ReconstructionFilter parse_filter(const std::string& text) {
  static const std::regex with_size(R"(^(.*?[A-Za-z]) ?(\d{1,2}(?:\.\d{1,4})?) ?(?:mm)?$)", std::regex::icase);
  if (text.empty()) return {};
  if (holds_any(upper(text), {"ALL-PASS", "ALL PASS", "ALLPASS"}) || upper(text) == "NONE") return {"none", {}};
  std::smatch match;
  if (!std::regex_match(text, match, with_size)) return {text, {}};
  return {match[1].str(), parse_number(match[2].str())};
}

}  // namespace pet
