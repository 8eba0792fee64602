// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>

namespace pet {

/// phi_1 ... phi_4 of one argument: phi_k(z) = sum over j >= 0 of z^j / (j + k)!.
template <typename T>
using PhiValues = std::array<T, 4>;

/// The phi functions, phi_1(z) = (exp(z) - 1) / z and phi_{k+1}(z) = (phi_k(z) - 1/k!) / z. They turn every integral of
/// (polynomial x exponential) over a step into a product: with z = -theta Delta,
///
///   integral over [0, Delta] of s^n exp(-theta (Delta - s)) ds = Delta^(n+1) n! phi_{n+1}(z),
///
/// and its running integral gains one order, Delta^(n+2) n! phi_{n+2}(z). theta -> 0 is an ordinary point: small
/// arguments use the series, the others the recurrence upwards. Relative error below 1e-14 for z <= 0.
///
/// Source: definition and recurrence as in Hochbruck M, Ostermann A. Acta Numerica 2010;19:209-286, eq. 2.10-2.11.
/// T is double or a dual number (ceres::Jet).
template <typename T>
PhiValues<T> phi(const T& z) {
  using std::abs;
  using std::exp;
  constexpr std::array<double, 4> inverse_factorial = {1.0, 1.0, 1.0 / 2.0, 1.0 / 6.0};  // 1/0! ... 1/3!
  PhiValues<T> values;
  if (abs(z) < T(1.5)) {
    // Horner on sum z^j / (j + 4)!, then phi_k = z phi_{k+1} + 1/k! downwards: all terms but z are positive and small.
    T sum(1.0);
    for (int j = 22; j > 4; --j) sum = sum * z / static_cast<double>(j) + 1.0;
    values[3] = sum / 24.0;
    for (int k = 2; k >= 0; --k)
      values[static_cast<std::size_t>(k)] =
          z * values[static_cast<std::size_t>(k) + 1] + inverse_factorial[static_cast<std::size_t>(k) + 1];
    return values;
  }
  T numerator = exp(z) - 1.0;
  for (std::size_t k = 0; k < 4; ++k) {
    values[k] = numerator / z;
    if (k < 3) numerator = values[k] - inverse_factorial[k + 1];
  }
  return values;
}

}  // namespace pet
