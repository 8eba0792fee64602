// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/density/networks.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>

#include "libpet/error.h"

namespace pet {
namespace {

// Letters and digits in lower case.
std::string plain(const std::string& name) {
  std::string result;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

bool means(const std::string& name, const std::string& region, const std::string& hemisphere) {
  if (hemisphere.empty()) return name == region || name == "ctx" + region;
  const bool is_left = hemisphere == "L";
  const std::array<std::string, 3> sides =
      is_left ? std::array<std::string, 3>{"lh", "left", "l"} : std::array<std::string, 3>{"rh", "right", "r"};
  return std::any_of(sides.begin(), sides.end(), [&](const std::string& side) {
    return name == side + region || name == region + side || name == "ctx" + side + region;
  });
}

}  // namespace

std::vector<std::size_t> parcels_of(const NetworkMap& map, const std::string& region) {
  const std::string name = plain(region);
  std::vector<std::size_t> of_one_side;
  std::vector<std::size_t> of_both_sides;
  for (std::size_t p = 0; p < map.parcels.size(); ++p) {
    const std::string parcel = plain(map.parcels[p].region);
    if (means(name, parcel, map.parcels[p].hemisphere)) of_one_side.push_back(p);
    if (means(name, parcel, "")) of_both_sides.push_back(p);
  }
  return of_one_side.empty() ? of_both_sides : of_one_side;
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
