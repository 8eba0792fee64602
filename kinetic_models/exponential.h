// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

namespace pet {

/// phi_1 ... phi_N of one argument: phi_k(z) = sum over j >= 0 of z^j / (j + k)!.
template <typename T, std::size_t N = 4>
using PhiValues = std::array<T, N>;

/// The phi functions, phi_1(z) = (exp(z) - 1) / z and phi_{k+1}(z) = (phi_k(z) - 1/k!) / z. They turn every integral of
/// (polynomial x exponential) over a step into a product: with z = -theta Delta,
///
///   integral over [0, Delta] of s^n exp(-theta (Delta - s)) ds = Delta^(n+1) n! phi_{n+1}(z),
///
/// and its running integral gains one order, Delta^(n+2) n! phi_{n+2}(z). theta -> 0 is an ordinary point: small
/// arguments use the series, the others the recurrence upwards. Relative error below 1e-14 for z <= 0. Derivatives need
/// no division: phi_k' = phi_k - k phi_{k+1}.
///
/// Source: definition and recurrence as in Hochbruck M, Ostermann A. Acta Numerica 2010;19:209-286, eq. 2.10-2.11.
/// T is double or a dual number (ceres::Jet).
template <typename T, std::size_t N = 4>
PhiValues<T, N> phi(const T& z) {
  static_assert(N >= 1 && N <= 6);
  using std::abs;
  using std::exp;
  constexpr std::array<double, 7> inverse_factorial = {1.0,        1.0,         1.0 / 2.0,  1.0 / 6.0,
                                                       1.0 / 24.0, 1.0 / 120.0, 1.0 / 720.0};
  PhiValues<T, N> values;
  if (abs(z) < T(1.5)) {
    // Horner on sum z^j / (j + N)!, then phi_k = z phi_{k+1} + 1/k! downwards: all terms but z are positive and small.
    const int order = static_cast<int>(N);
    T sum(1.0);
    for (int j = order + (abs(z) < T(0.1) ? 9 : 18); j > order; --j)
      sum = sum * z * (1.0 / static_cast<double>(j)) + 1.0;
    values[N - 1] = sum * inverse_factorial[N];
    for (std::size_t k = N - 1; k > 0; --k) values[k - 1] = z * values[k] + inverse_factorial[k];
    return values;
  }
  T numerator = exp(z) - 1.0;
  for (std::size_t k = 0; k < N; ++k) {
    values[k] = numerator / z;
    if (k + 1 < N) numerator = values[k] - inverse_factorial[k + 1];
  }
  return values;
}

}  // namespace pet
