// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/voxel_report.h"

#include <array>
#include <cassert>
#include <cmath>

#include "kinetic_models/detail/statistics.h"

namespace pet::detail {

void report(
    const Model& model, const FitOptions& options, const VoxelResult& result, std::size_t at, ParametricMaps& maps) {
  maps.status[at] = result.status;
  if (result.status == FitStatus::failed) return;
  constexpr std::size_t most_quantities = 16;
  constexpr std::size_t most_parameters = 8;
  const std::size_t p = result.parameters.size();
  const std::size_t quantities = model.quantities.size();
  assert(p <= most_parameters && quantities <= most_quantities);
  std::array<double, most_quantities> values;
  std::array<double, most_quantities * most_parameters> gradient;
  model.derive(result.parameters, options, std::span(values).first(quantities),
               std::span(gradient).first(quantities * p));
  for (std::size_t q = 0; q < quantities; ++q) {
    double variance = 0.0;
    for (std::size_t a = 0; a < p; ++a)
      for (std::size_t b = 0; b < p; ++b) {
        const double product = gradient[q * p + a] * gradient[q * p + b];
        if (product != 0.0) variance += product * result.covariance[a * p + b];
      }
    const bool is_missing =
        (model.quantities[q].needs_fP && !options.plasma_free_fraction) || !std::isfinite(values[q]);
    maps.quantities[q].value[at] = static_cast<float>(is_missing ? not_available : values[q]);
    maps.quantities[q].standard_error[at] = static_cast<float>(is_missing ? not_available : std::sqrt(variance));
  }
  maps.weighted_rss[at] = static_cast<float>(result.weighted_rss);
  maps.aicc[at] = static_cast<float>(aicc_of(result.weighted_rss, result.frames, result.fitted));
}

}  // namespace pet::detail
