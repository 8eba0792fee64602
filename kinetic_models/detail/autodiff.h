// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ceres/jet.h>

#include <array>
#include <span>
#include <vector>

#include "kinetic_models/sampled_input.h"

namespace pet::detail {

/// C (x) exp(-theta t) by frame, for a double.
inline std::vector<double> convolved(const SampledInput& input, double theta) {
  std::vector<double> result(input.size());
  input.convolve<double>(theta, result);
  return result;
}

/// The same for a dual number of any width: one derivative is propagated through the recurrence, the chain rule does
/// the rest.
template <int N>
std::vector<ceres::Jet<double, N>> convolved(const SampledInput& input, const ceres::Jet<double, N>& theta) {
  using Scalar = ceres::Jet<double, 1>;
  std::vector<Scalar> along(input.size());
  input.convolve<Scalar>(Scalar(theta.a, 0), along);
  std::vector<ceres::Jet<double, N>> result(input.size());
  for (std::size_t i = 0; i < along.size(); ++i) result[i] = ceres::Jet<double, N>(along[i].a, along[i].v[0] * theta.v);
  return result;
}

/// Values and derivatives of `function`, templated on the scalar, at `parameters`: function(p, out) fills `out` from
/// P parameters. `jacobian` is row-major, out.size() x P, or empty if not wanted.
template <std::size_t P, typename Function>
void differentiate(const Function& function,
                   std::span<const double> parameters,
                   std::span<double> values,
                   std::span<double> jacobian) {
  if (jacobian.empty()) {
    function(parameters.data(), values);
    return;
  }
  using Dual = ceres::Jet<double, static_cast<int>(P)>;
  std::array<Dual, P> p;
  for (std::size_t i = 0; i < P; ++i) p[i] = Dual(parameters[i], static_cast<int>(i));
  std::vector<Dual> out(values.size());
  function(p.data(), std::span<Dual>(out));
  for (std::size_t i = 0; i < out.size(); ++i) {
    values[i] = out[i].a;
    for (std::size_t j = 0; j < P; ++j) jacobian[i * P + j] = out[i].v[static_cast<int>(j)];
  }
}

}  // namespace pet::detail
