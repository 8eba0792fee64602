// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libpet/io/tsv.h"

namespace pet {

/// A parcel of the cortex and how it is shared between networks.
struct Parcel {
  std::string region;
  std::string hemisphere;        ///< "L", "R" or empty
  double size = 0.0;             ///< any unit that is the same for all parcels, for instance vertices
  std::vector<double> fraction;  ///< one a network, 0 to 1
};

/// Soft weights of networks: no parcel belongs to one network alone.
struct NetworkMap {
  std::string source;  ///< file, for messages
  std::vector<std::string> networks;
  std::vector<Parcel> parcels;
};

/// A map from a table: columns `region n_vertices`, `hemi` (L, R) where hemispheres differ, and one column a network
/// with the fraction of the parcel in it; `none` and `majority` are passed over. Throws InputError with file and line
/// for fractions outside 0 ... 1 or of a sum above 1, a size that is not positive, another hemisphere, a parcel that is
/// there twice.
NetworkMap network_map(const Tsv& table);

}  // namespace pet
