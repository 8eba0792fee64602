// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "kinetic_models/detail/autodiff.h"

namespace pet::detail {

/// Values of formula(p, t), templated on the scalar of its P parameters, at many times, with the row-major Jacobian
/// (times x parameters) unless that span is empty.
template <std::size_t P, typename Formula>
void evaluate(const Formula& formula,
              std::span<const double> parameters,
              std::span<const double> time_min,
              std::span<double> values,
              std::span<double> jacobian) {
  differentiate<P>(
      [&](const auto* p, auto out) {
        for (std::size_t i = 0; i < time_min.size(); ++i) out[i] = formula(p, time_min[i]);
      },
      parameters, values, jacobian);
}

}  // namespace pet::detail
