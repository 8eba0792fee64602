// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "libpet/io/network_table.h"

namespace pet {

/// The parcels that a region's name means: one for names with a hemisphere ("ctx-lh-precuneus", "lh.precuneus",
/// "L_precuneus", "precuneus_left", ...), both for one without ("precuneus", "ctx-precuneus"); none where the map has
/// no such region. Case and punctuation do not count.
std::vector<std::size_t> parcels_of(const NetworkMap& map, const std::string& region);

/// A region of the data that is part of the map.
struct NetworkRegion {
  std::size_t region = 0;  ///< index among the names
  std::vector<std::size_t> parcels;
  double size = 0.0;  ///< of its parcels
};

/// Those of the regions that are parcels. Throws InputError where none is, or where two of them mean one parcel.
std::vector<NetworkRegion> network_regions(const NetworkMap& map, const std::vector<std::string>& regions);

/// The fraction of a region in a network: the mean over its parcels weighted by size.
double network_fraction(const NetworkMap& map, const NetworkRegion& region, std::size_t network);

/// How much of a network the regions hold: their share of the sum of size x fraction over all parcels.
double network_coverage(const NetworkMap& map, const std::vector<NetworkRegion>& regions, std::size_t network);

}  // namespace pet
