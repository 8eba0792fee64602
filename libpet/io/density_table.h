// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libpet/io/tsv.h"
#include "libpet/provenance.h"

namespace pet {

/// Volume of a region.
struct RegionVolume {
  std::string name;
  double volume_mm3 = 0.0;
};

/// The volumes of a table `name volume-mm3` or `name volume_mm3` (`_morph.tsv`); rows without one, or with 0, are left
/// out. Throws InputError with file and line for a volume that is negative and a region that is there twice.
std::vector<RegionVolume> region_volumes(const Tsv& table);

/// Density and deviation from the norm of a region, a group of regions or a network (`_density.tsv`).
struct DensityRow {
  int index = 0;
  std::string name;
  std::string kind;  ///< region, group or network
  std::optional<double> binding{};
  std::optional<double> standard_error{};
  std::optional<double> expected{};
  std::optional<double> z{};
  std::optional<double> z_se{};
  std::optional<double> bmax{};  ///< pmol/mL, as the next three
  std::optional<double> bmax_se{};
  std::optional<double> bmax_lower{};
  std::optional<double> bmax_upper{};
  std::optional<double> covered{};  ///< of a network: the share that was measured
  std::string status{};
  std::vector<std::string> flags{};
};

struct DensityTable {
  std::string measure = "BPND";  ///< names the columns <measure> and <measure>_se
  std::string unit{};            ///< of the measure; empty: unknown
  std::vector<DensityRow> rows;
};

/// `index name kind <measure> <measure>_se expected z z_se Bmax Bmax_se Bmax_lower Bmax_upper covered status flags`.
std::string density_table_text(const DensityTable& table);
/// `members_json`: an object that the sidecar takes over as it is, before the columns and the provenance.
std::string density_sidecar_text(const DensityTable& table,
                                 const std::string& members_json,
                                 const Provenance& provenance);

}  // namespace pet
