// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <span>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/quad.h"

namespace pet::detail {

/// The most quantities that a model derives from its parameters.
inline constexpr std::size_t most_quantities = 16;

/// `differentiate` for formulas of numbers only, at one point or at many voxels at once: then row j of `parameters`
/// holds parameter j of all of them, and so do the rows of `values` and `jacobian` (quantities x parameters). Their
/// number is a multiple of four, which are worked on together. What a model derives (model.h) is computed so where
/// there are maps of it.
template <std::size_t P, typename Formulas>
void differentiate_points(const Formulas& formulas,
                          std::span<const double> parameters,
                          std::span<double> values,
                          std::span<double> jacobian) {
  const std::size_t points = parameters.size() / P;
  if (points == 1) {
    differentiate<P>(formulas, parameters, values, jacobian);
    return;
  }
  assert(points % quad_lanes == 0 && parameters.size() == points * P && jacobian.size() == values.size() * P);
  const std::size_t quantities = values.size() / points;
  assert(quantities <= most_quantities);
  std::array<QuadDual<P>, P> p;
  std::array<QuadDual<P>, most_quantities> out;
  for (std::size_t point = 0; point < points; point += quad_lanes) {
    for (std::size_t j = 0; j < P; ++j) {
      for (std::size_t lane = 0; lane < quad_lanes; ++lane) p[j].a[lane] = parameters[j * points + point + lane];
      p[j].v[j] = Quad{} + 1.0;
    }
    formulas(p.data(), std::span(out).first(quantities));
    for (std::size_t q = 0; q < quantities; ++q)
      for (std::size_t lane = 0; lane < quad_lanes; ++lane) {
        values[q * points + point + lane] = out[q].a[lane];
        for (std::size_t j = 0; j < P; ++j) jacobian[(q * P + j) * points + point + lane] = out[q].v[j][lane];
      }
  }
}

}  // namespace pet::detail
