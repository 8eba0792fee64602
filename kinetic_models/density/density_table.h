// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kinetic_models/density/norms.h"
#include "libpet/io/density_table.h"
#include "libpet/io/network_table.h"
#include "libpet/io/parameter_table.h"
#include "libpet/region_groups.h"

namespace pet {

/// What binding is multiplied by to give a density of receptors, with its standard error.
struct BmaxFactor {
  double value = 0.0;           ///< pmol/mL
  double standard_error = 0.0;  ///< the same for all regions: it does not average out
};

/// What to make of the binding of the regions of one scan.
struct DensityRequest {
  std::string measure = "BPND";
  std::optional<BmaxFactor> factor{};
  std::vector<Norm> norms{};
  std::optional<double> age{};  ///< years
  AgeForm form = AgeForm::exponential;
  std::optional<double> norm_correlation{};  ///< between regions over people; gives groups without a norm one
  std::vector<RegionGroup> groups{};
  std::optional<NetworkMap> networks{};
  std::optional<std::vector<RegionVolume>> volumes{};  ///< weights of groups and networks
  double error_correlation = 1.0;                      ///< of the errors of binding between regions, 0 to 1
  double level = 0.95;
};

/// One row a region, then one a group, then one a network.
///
/// Bmax = factor x binding, with the variance factor^2 var(binding) + binding^2 var(factor) and an interval of normal
/// quantiles. A group is the mean of its parts weighted by volume; all of them must have a fit that is ok. A network is
/// the mean of the regions that are parcels of its map, weighted by volume (by the map's sizes where there are no
/// volumes) times their fraction in the network, over those whose fit is ok: `covered` says how much of the network
/// they are, and below 0.9 of it the row is flagged. z is (binding - expected) / sd, from the norm of that name, for
/// groups without one from the norms of its parts where their correlation is given. A fit that is not ok lends its
/// status to the row, which then has no errors and no interval.
///
/// Throws UsageError for a factor that is not positive or on a measure that is no binding potential, for correlations
/// outside 0 ... 1 and a level outside 0 ... 1, and for groups without volumes; InputError for parts or volumes that
/// are missing.
DensityTable density_of_regions(const ParameterTable& binding, const DensityRequest& request);

}  // namespace pet
