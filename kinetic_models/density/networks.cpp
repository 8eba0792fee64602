// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/density/networks.h"

#include <cctype>
#include <map>

#include "libpet/error.h"

namespace pet {
namespace {

// The words of a name in lower case: what punctuation separates.
std::vector<std::string> words_of(const std::string& name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    else if (!words.back().empty())
      words.emplace_back();
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

// A region's name without its side: "ctx-lh-precuneus" is precuneus, L.
struct RegionName {
  std::string region;
  std::string hemisphere;  // empty: none is named
};

RegionName region_name(const std::string& name) {
  static const std::map<std::string, std::string> sides = {{"lh", "L"}, {"left", "L"},  {"l", "L"},
                                                           {"rh", "R"}, {"right", "R"}, {"r", "R"}};
  RegionName found;
  for (const std::string& word : words_of(name)) {
    const auto side = sides.find(word);
    if (side != sides.end() && found.hemisphere.empty())
      found.hemisphere = side->second;
    else if (word != "ctx")
      found.region += word;
  }
  return found;
}

}  // namespace

std::vector<std::size_t> parcels_of(const NetworkMap& map, const std::string& region) {
  const RegionName name = region_name(region);
  std::vector<std::size_t> found;
  for (std::size_t p = 0; p < map.parcels.size(); ++p) {
    const Parcel& parcel = map.parcels[p];
    const bool is_side = name.hemisphere.empty() || parcel.hemisphere == name.hemisphere;
    if (is_side && region_name(parcel.region).region == name.region) found.push_back(p);
  }
  return found;
}

std::vector<NetworkRegion> network_regions(const NetworkMap& map, const std::vector<std::string>& regions) {
  std::vector<NetworkRegion> found;
  std::map<std::size_t, std::size_t> region_of_parcel;
  for (std::size_t r = 0; r < regions.size(); ++r) {
    NetworkRegion region{.region = r, .parcels = parcels_of(map, regions[r])};
    for (const std::size_t p : region.parcels) {
      region.size += map.parcels[p].size;
      const auto [first, is_new] = region_of_parcel.emplace(p, r);
      if (!is_new)
        throw bad_input(map.source,
                        "regions '" + regions[first->second] + "' and '" + regions[r] + "' for the one parcel '" +
                            map.parcels[p].region + "'",
                        "one region a parcel");
    }
    if (!region.parcels.empty()) found.push_back(std::move(region));
  }
  if (found.empty()) throw bad_input(map.source, "none of the measured regions", "parcels of their names");
  return found;
}

double network_fraction(const NetworkMap& map, const NetworkRegion& region, std::size_t network) {
  double sum = 0.0;
  for (const std::size_t p : region.parcels) sum += map.parcels[p].size * map.parcels[p].fraction[network];
  return sum / region.size;
}

double network_coverage(const NetworkMap& map, const std::vector<NetworkRegion>& regions, std::size_t network) {
  double whole = 0.0;
  for (const Parcel& parcel : map.parcels) whole += parcel.size * parcel.fraction[network];
  double held = 0.0;
  for (const NetworkRegion& region : regions) held += region.size * network_fraction(map, region, network);
  return whole > 0.0 ? held / whole : 0.0;
}

}  // namespace pet
