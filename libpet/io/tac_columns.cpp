// SPDX-License-Identifier: Apache-2.0
#include "libpet/io/detail/tac_columns.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

namespace pet::detail {
namespace {

// Columns that are no regions, in lower case and without underscores.
constexpr std::array<std::string_view, 16> not_regions = {
    "framestart", "frameend",     "frametimesstart", "frametimesend", "framedur",    "frameduration",
    "framemid",   "framemidtime", "framelength",     "frame",         "framenumber", "time",
    "duration",   "weight",       "weights",         "index"};

std::string plain(std::string_view name) {
  std::string text;
  for (const unsigned char c : name)
    if (c != '_') text += static_cast<char>(std::tolower(c));
  return text;
}

}  // namespace

bool is_region_column(std::string_view name) {
  return std::find(not_regions.begin(), not_regions.end(), plain(name)) == not_regions.end();
}

std::optional<std::size_t> find_tac_column(const Tsv& tsv, std::initializer_list<std::string_view> names) {
  for (std::size_t c = 0; c < tsv.header().size(); ++c)
    if (std::find(names.begin(), names.end(), plain(tsv.header()[c])) != names.end()) return c;
  return std::nullopt;
}

}  // namespace pet::detail
