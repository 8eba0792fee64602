// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/frtm.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/plasma_curve.h"
#include "kinetic_models/detail/reference_start.h"

namespace pet {
namespace {

// With m = (a + b) / 2 and r = (a - b) / 2 the curve is an even function of r:
//   C_T / R1 = C_R + A y - P y1 + r^2 (A y2 / 2 - y1 - P y3 / 6) + ...,
//   A = k2prime - k2,   P = (k3 + k4 - m) (k2prime - m),   y at m, y1 to y3 its derivatives there.
template <typename T>
void predict(const ReferenceRegion& reference, const T& R1, const T& k2, const T& k3, const T& k4, std::span<T> C_T) {
  using std::sqrt;
  const MovableInput& input = reference.movable();
  const std::vector<double>& C_R = reference.input().value();
  const T k2prime = k2 / R1;
  const T m = 0.5 * (k2 + k3 + k4);
  const T difference = k2 + k3 - k4;
  const T r_squared = 0.25 * difference * difference + k3 * k4;
  constexpr double coinciding = 1e-3;
  if (std::sqrt(std::max(detail::plain(r_squared), 0.0)) * input.end_min() < coinciding) {
    const auto s = detail::rate_series(input, m, T(0.0));
    const T A = k2prime - k2;
    const T P = (k3 + k4 - m) * (k2prime - m);
    for (std::size_t i = 0; i < C_T.size(); ++i)
      C_T[i] = R1 * (C_R[i] + A * s.y[i] - P * s.first[i] +
                     r_squared * (0.5 * A * s.second[i] - s.first[i] - P * s.third[i] / 6.0));
    return;
  }
  const T a = m + sqrt(r_squared);
  const T b = k2 * k4 / a;
  const std::vector<T> fast = detail::convolved(input, a, T(0.0));
  const std::vector<T> slow = detail::convolved(input, b, T(0.0));
  const T weight = (k3 + k4 - b) * (k2prime - b) / (a - b);
  for (std::size_t i = 0; i < C_T.size(); ++i)
    C_T[i] = R1 * (C_R[i] + (k2prime - k2) * fast[i] + weight * (slow[i] - fast[i]));
}

}  // namespace

void predict_frtm(std::span<const double> parameters,
                  const ScanInput& input,
                  std::span<double> predicted,
                  std::span<double> jacobian) {
  const auto model = [&](const auto* p, auto C_T) { predict(input.reference(), p[0], p[1], p[2], p[3], C_T); };
  detail::differentiate<4>(model, parameters, predicted, jacobian);
}

void derive_frtm(std::span<const double> parameters,
                 const FitOptions&,
                 std::span<double> values,
                 std::span<double> gradient) {
  const auto derive = [](const auto* p, auto out) {
    const auto& [R1, k2, k3, k4] = std::tie(p[0], p[1], p[2], p[3]);
    out[0] = k3 / k4;
    out[1] = R1;
    out[2] = k2;
    out[3] = k3;
    out[4] = k4;
    out[5] = k2 / R1;
  };
  detail::differentiate_points<4>(derive, parameters, values, gradient);
}

Fit fit_frtm(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  const auto parameters = detail::with_bounds(frtm_parameters, options);
  const auto used = detail::frames_used(target, options, frtm.least_frames, frtm.name);
  // The simplified model is the limit of fast exchange; from its solution slow and fast exchange are tried.
  std::vector<std::vector<double>> starts;
  for (const double k4 : {0.01, 0.03, 0.1, 0.3})
    starts.push_back(detail::best_start(reference.input(), target, used, parameters,
                                        [k4](double k2a, double R1, double of_convolution) {
                                          const double k2 = of_convolution + R1 * k2a;
                                          return std::vector{R1, k2, std::max(k2 / k2a - 1.0, 0.05) * k4, k4};
                                        }));
  return detail::fit_nonlinear(frtm, target, reference, options, starts);
}

}  // namespace pet
