// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/maps/detail/refinement.h"

#include "libpet/detail/vector_versions.h"

namespace pet::detail {

OCCUPET_VECTOR_VERSIONS void multiply(std::span<const Coordinates> curves,
                                      std::span<const double> coefficients,
                                      const Coordinates& c,
                                      std::size_t width,
                                      CurveProducts& products) {
  Coordinates residual = c;
  for (std::size_t a = 0; a < curves.size(); ++a) add(residual, -coefficients[a], curves[a], width);
  products.of_residual = dot(residual, residual, width);
  for (std::size_t a = 0; a < curves.size(); ++a) {
    products.with_residual[a] = dot(curves[a], residual, width);
    for (std::size_t b = 0; b <= a; ++b)
      products.of_pair[a][b] = products.of_pair[b][a] = dot(curves[a], curves[b], width);
  }
}

}  // namespace pet::detail
