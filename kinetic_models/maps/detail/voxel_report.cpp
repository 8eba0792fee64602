// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/voxel_report.h"

#include <cassert>
#include <cmath>
#include <span>

#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/statistics.h"
#include "kinetic_models/maps/detail/vector_versions.h"

namespace pet::detail {
namespace {

constexpr std::size_t width = VoxelResults::lanes;
constexpr std::size_t most_parameters = VoxelResults::most_parameters;

struct alignas(64) Quantities {
  std::array<double, most_quantities * width> value;
  std::array<double, most_quantities * most_parameters * width> gradient;
  std::array<float, width> rounded;
  std::array<float, width> error;
};

// One quantity and its standard error; parameters on which it does not depend may have no variance.
OCCUPET_VECTOR_VERSIONS void propagate(const double* value,
                                       const double* gradient,
                                       std::size_t parameters,
                                       const VoxelResults& results,
                                       Quantities& quantities) {
  alignas(64) std::array<double, width> variance{};
  std::array<const double*, most_parameters> by;  // the parameters on which it does depend
  std::array<std::size_t, most_parameters> which;
  std::size_t count = 0;
  for (std::size_t a = 0; a < parameters; ++a) {
    by[count] = gradient + a * width;
    which[count] = a;
    double dependent = 0.0;
    for (std::size_t lane = 0; lane < width; ++lane) dependent += by[count][lane] != 0.0 ? 1.0 : 0.0;
    if (dependent > 0.0) ++count;
  }
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t k = 0; k <= i; ++k) {
      const double* by_a = by[i];
      const double* by_b = by[k];
      const std::size_t a = which[i];
      const std::size_t b = which[k];
      const auto& covariance = results.covariance[a * parameters + b];
      const double times = a == b ? 1.0 : 2.0;
      for (std::size_t lane = 0; lane < width; ++lane) {
        const double product = by_a[lane] * by_b[lane];
        variance[lane] += product != 0.0 ? times * product * covariance[lane] : 0.0;
      }
    }
  for (std::size_t lane = 0; lane < width; ++lane) {
    // x - x is 0 for every finite x.
    const bool is_missing = value[lane] - value[lane] != 0.0;
    quantities.rounded[lane] = static_cast<float>(is_missing ? not_available : value[lane]);
    variance[lane] = is_missing ? not_available : variance[lane];
  }
  for (std::size_t lane = 0; lane < width; ++lane)
    quantities.error[lane] = static_cast<float>(std::sqrt(variance[lane]));
}

}  // namespace

void report(const Model& model,
            const FitOptions& options,
            std::size_t parameters,
            const VoxelResults& results,
            std::size_t count,
            std::size_t first,
            ParametricMaps& maps) {
  const std::size_t p = parameters;
  const std::size_t rows = model.quantities.size();
  assert(p <= most_parameters && rows <= most_quantities);
  Quantities quantities;
  model.derive({results.parameter.front().data(), p * width}, options, std::span(quantities.value).first(rows * width),
               std::span(quantities.gradient).first(rows * p * width));
  for (std::size_t q = 0; q < rows; ++q) {
    propagate(quantities.value.data() + q * width, quantities.gradient.data() + q * p * width, p, results, quantities);
    if (model.quantities[q].needs_fP && !options.plasma_free_fraction) continue;  // the maps have no values there yet
    for (std::size_t lane = 0; lane < count; ++lane) {
      if (results.status[lane] == FitStatus::failed) continue;
      maps.quantities[q].value[first + lane] = quantities.rounded[lane];
      maps.quantities[q].standard_error[first + lane] = quantities.error[lane];
    }
  }
  for (std::size_t lane = 0; lane < count; ++lane) {
    maps.status[first + lane] = results.status[lane];
    if (results.status[lane] == FitStatus::failed) continue;
    maps.weighted_rss[first + lane] = static_cast<float>(results.weighted_rss[lane]);
    maps.aicc[first + lane] = static_cast<float>(
        aicc_of(results.weighted_rss[lane], static_cast<std::size_t>(results.frames[lane]), results.fitted[lane]));
  }
}

}  // namespace pet::detail
