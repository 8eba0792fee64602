// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kinetic_models/input_curve.h"

namespace pet::detail {

/// c0 + c1 s + c2 s^2.
inline double value_at(const InputCurve::Quadratic& c, double s) {
  return c[0] + s * (c[1] + s * c[2]);
}

/// Its integral from 0 to s.
inline double integral_over(const InputCurve::Quadratic& c, double s) {
  return s * (c[0] + s * (c[1] / 2.0 + s * c[2] / 3.0));
}

/// The same curve counted from s = `by` on.
inline InputCurve::Quadratic moved_on(const InputCurve::Quadratic& c, double by) {
  return {value_at(c, by), c[1] + 2.0 * by * c[2], c[2]};
}

}  // namespace pet::detail
