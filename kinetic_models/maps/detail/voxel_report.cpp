// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/voxel_report.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/quad.h"
#include "kinetic_models/detail/statistics.h"
#include "libpet/detail/vector_versions.h"

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

// Some lanes of a row at once.
using Lanes [[gnu::vector_size(quad_lanes * sizeof(double)), gnu::may_alias]] = double;
constexpr std::size_t parts = width / quad_lanes;

OCCUPET_INLINED const Lanes* lanes_of(const double* row) {
  return reinterpret_cast<const Lanes*>(row);
}

OCCUPET_INLINED bool is_zero_throughout(const double* row) {
  // Bits are gathered for all lanes at once, as a sum would have to be in their order; the sign is shifted out.
  std::uint64_t bits = 0;
  for (std::size_t lane = 0; lane < width; ++lane) bits |= std::bit_cast<std::uint64_t>(row[lane]) << 1;
  return bits == 0;
}

// One quantity and its standard error; parameters on which it does not depend may have no variance.
OCCUPET_VECTOR_VERSIONS void propagate(const double* value,
                                       const double* gradient,
                                       std::size_t parameters,
                                       const VoxelResults& results,
                                       Quantities& quantities) {
  std::array<std::size_t, most_parameters> which;  // the parameters on which it does depend
  std::size_t count = 0;
  for (std::size_t a = 0; a < parameters; ++a)
    if (!is_zero_throughout(gradient + a * width)) which[count++] = a;
  const Lanes zero = {};
  const Lanes missing = zero + not_available;
  alignas(64) std::array<double, width> kept;
  alignas(64) std::array<double, width> variance;
  for (std::size_t part = 0; part < parts; ++part) {
    Lanes sum = zero;
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t k = 0; k <= i; ++k) {
        const std::size_t a = which[i];
        const std::size_t b = which[k];
        const Lanes product = lanes_of(gradient + a * width)[part] * lanes_of(gradient + b * width)[part];
        const Lanes term =
            (a == b ? 1.0 : 2.0) * product * lanes_of(results.covariance[a * parameters + b].data())[part];
        sum += product != zero ? term : zero;
      }
    // x - x is 0 for every finite x.
    const Lanes of_part = lanes_of(value)[part];
    const auto is_missing = of_part - of_part != zero;
    *reinterpret_cast<Lanes*>(kept.data() + part * quad_lanes) = is_missing ? missing : of_part;
    *reinterpret_cast<Lanes*>(variance.data() + part * quad_lanes) = is_missing ? missing : sum;
  }
  for (std::size_t lane = 0; lane < width; ++lane) quantities.rounded[lane] = static_cast<float>(kept[lane]);
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
  std::array<std::size_t, width> failed;
  std::size_t failures = 0;
  for (std::size_t lane = 0; lane < count; ++lane)
    if (results.status[lane] == FitStatus::failed) failed[failures++] = lane;
  for (std::size_t q = 0; q < rows; ++q) {
    propagate(quantities.value.data() + q * width, quantities.gradient.data() + q * p * width, p, results, quantities);
    if (model.quantities[q].needs_fP && !options.plasma_free_fraction) continue;  // the maps have no values there yet
    for (std::size_t i = 0; i < failures; ++i)
      quantities.rounded[failed[i]] = quantities.error[failed[i]] = std::numeric_limits<float>::quiet_NaN();
    std::copy_n(quantities.rounded.data(), count, maps.quantities[q].value.data() + first);
    std::copy_n(quantities.error.data(), count, maps.quantities[q].standard_error.data() + first);
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
