// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ceres/jet.h>

#include <cmath>
#include <span>
#include <vector>

#include "kinetic_models/plasma.h"

namespace pet::detail {

/// C_p(t - delay) (x) exp(-theta t) by frame.
inline std::vector<double> convolved(const MovableInput& input, double theta, double delay) {
  return input.convolved(theta, delay).value;
}

template <int N>
std::vector<ceres::Jet<double, N>> convolved(const MovableInput& input,
                                             const ceres::Jet<double, N>& theta,
                                             const ceres::Jet<double, N>& delay) {
  const MovableInput::Convolved along = input.convolved(theta.a, delay.a);
  std::vector<ceres::Jet<double, N>> result(input.size());
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = ceres::Jet<double, N>(along.value[i], along.by_theta[i] * theta.v + along.by_delay[i] * delay.v);
  return result;
}

/// C(t - delay) by frame.
inline std::vector<double> moved(const MovableInput& input, double delay) {
  return input.moved(delay).value;
}

template <int N>
std::vector<ceres::Jet<double, N>> moved(const MovableInput& input, const ceres::Jet<double, N>& delay) {
  const MovableInput::Moved along = input.moved(delay.a);
  std::vector<ceres::Jet<double, N>> result(input.size());
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = ceres::Jet<double, N>(along.value[i], along.by_delay[i] * delay.v);
  return result;
}

inline double plain(double x) {
  return x;
}

template <int N>
double plain(const ceres::Jet<double, N>& x) {
  return x.a;
}

/// Terms of the Taylor series of the convolution about a rate: y, and y', y'' and y''' as functions of that rate.
template <typename T>
struct RateSeries {
  std::vector<T> y;
  std::vector<T> first;
  std::vector<double> second;
  std::vector<double> third;
};

inline RateSeries<double> rate_series(const MovableInput& input, double theta, double delay) {
  MovableInput::Convolved at = input.convolved(theta, delay);
  MovableInput::Curvature higher = input.curvature(theta, delay);
  return {std::move(at.value), std::move(at.by_theta), std::move(higher.second), std::move(higher.third)};
}

template <int N>
RateSeries<ceres::Jet<double, N>> rate_series(const MovableInput& input,
                                              const ceres::Jet<double, N>& theta,
                                              const ceres::Jet<double, N>& delay) {
  using Dual = ceres::Jet<double, N>;
  const MovableInput::Convolved at = input.convolved(theta.a, delay.a);
  MovableInput::Curvature higher = input.curvature(theta.a, delay.a);
  RateSeries<Dual> series;
  for (std::size_t i = 0; i < input.size(); ++i) {
    series.y.emplace_back(at.value[i], at.by_theta[i] * theta.v + at.by_delay[i] * delay.v);
    series.first.emplace_back(at.by_theta[i], higher.second[i] * theta.v + higher.by_theta_and_delay[i] * delay.v);
  }
  series.second = std::move(higher.second);
  series.third = std::move(higher.third);
  return series;
}

/// What both compartments of the two-tissue model hold together. With th1, th2 = m +- r the roots of
/// th^2 - (k2 + k3 + k4) th + k2 k4 and y(th) the plasma convolved with exp(-th t),
///
///   C_T = K1 { y(th1) + (k3 + k4 - th2) y[th1, th2] },   y[th1, th2] = (y(th2) - y(th1)) / (th1 - th2),
///
/// a symmetric function of the roots: where they coincide (r -> 0) it is its series in r^2, so that equal roots, k3 = 0
/// and k4 = 0 are ordinary points with finite derivatives.
template <typename T>
std::vector<T> two_tissue_curve(
    const MovableInput& plasma, const T& K1, const T& k2, const T& k3, const T& k4, const T& delay) {
  using std::sqrt;
  const T m = 0.5 * (k2 + k3 + k4);
  const T difference = k2 + k3 - k4;
  const T r_squared = 0.25 * difference * difference + k3 * k4;
  const double r_times_end = std::sqrt(std::max(plain(r_squared), 0.0)) * plasma.end_min();
  constexpr double coinciding = 1e-3;
  std::vector<T> C_T;
  if (r_times_end < coinciding) {
    const RateSeries<T> s = rate_series(plasma, m, delay);
    const T rest = k3 + k4 - m;
    for (std::size_t i = 0; i < s.y.size(); ++i)
      C_T.push_back(K1 * (s.y[i] - rest * s.first[i] + r_squared * (0.5 * s.second[i] - rest * s.third[i] / 6.0)));
    return C_T;
  }
  const T th1 = m + sqrt(r_squared);
  const T th2 = k2 * k4 / th1;
  const std::vector<T> fast = convolved(plasma, th1, delay);
  const std::vector<T> slow = convolved(plasma, th2, delay);
  const T weight = (k3 + k4 - th2) / (th1 - th2);
  for (std::size_t i = 0; i < fast.size(); ++i) C_T.push_back(K1 * (fast[i] + weight * (slow[i] - fast[i])));
  return C_T;
}

/// C = (1 - vB) C_T + vB C_wholeblood(t - delay). Without whole blood vB must be 0.
template <typename T>
void with_blood(const Plasma& plasma, const std::vector<T>& tissue, const T& vB, const T& delay, std::span<T> C) {
  if (!plasma.has_whole_blood()) {
    std::copy(tissue.begin(), tissue.end(), C.begin());
    return;
  }
  const std::vector<T> blood = moved(plasma.whole_blood(), delay);
  for (std::size_t i = 0; i < C.size(); ++i) C[i] = (1.0 - vB) * tissue[i] + vB * blood[i];
}

}  // namespace pet::detail
