// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>

namespace pet::detail {

/// Four numbers of four voxels that take part in the same operations: a vector of AVX, or two of SSE2.
inline constexpr std::size_t quad_lanes = 4;
using Quad [[gnu::vector_size(quad_lanes * sizeof(double))]] = double;

/// Values of four voxels with their derivatives by P parameters: what ceres::Jet is for one.
template <std::size_t P>
struct QuadDual {
  Quad a{};
  std::array<Quad, P> v{};

  QuadDual() = default;
  QuadDual(double constant) : a(Quad{} + constant) {}  // NOLINT: formulas mix numbers and dual numbers

  friend QuadDual operator-(const QuadDual& x) {
    QuadDual r;
    r.a = -x.a;
    for (std::size_t i = 0; i < P; ++i) r.v[i] = -x.v[i];
    return r;
  }
  friend QuadDual operator+(const QuadDual& x, const QuadDual& y) {
    QuadDual r;
    r.a = x.a + y.a;
    for (std::size_t i = 0; i < P; ++i) r.v[i] = x.v[i] + y.v[i];
    return r;
  }
  friend QuadDual operator-(const QuadDual& x, const QuadDual& y) {
    QuadDual r;
    r.a = x.a - y.a;
    for (std::size_t i = 0; i < P; ++i) r.v[i] = x.v[i] - y.v[i];
    return r;
  }
  friend QuadDual operator*(const QuadDual& x, const QuadDual& y) {
    QuadDual r;
    r.a = x.a * y.a;
    for (std::size_t i = 0; i < P; ++i) r.v[i] = x.a * y.v[i] + x.v[i] * y.a;
    return r;
  }
  friend QuadDual operator/(const QuadDual& x, const QuadDual& y) {
    QuadDual r;
    const Quad inverse = 1.0 / y.a;
    r.a = x.a / y.a;
    for (std::size_t i = 0; i < P; ++i) r.v[i] = (x.v[i] - r.a * y.v[i]) * inverse;
    return r;
  }
};

}  // namespace pet::detail
