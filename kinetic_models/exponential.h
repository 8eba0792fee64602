// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>

namespace pet {

/// phi_1 ... phi_N of one argument: phi_k(z) = sum over j >= 0 of z^j / (j + k)!.
template <typename T, std::size_t N = 4>
using PhiValues = std::array<T, N>;

namespace detail {

/// 1/n! for n from 0.
inline constexpr std::array<double, 25> inverse_factorial = [] {
  std::array<double, 25> inverse = {1.0};
  for (std::size_t n = 1; n < inverse.size(); ++n) inverse[n] = inverse[n - 1] / static_cast<double>(n);
  return inverse;
}();

/// Terms `first` to first + count - 1 of the series of phi_N, divided by z^first, in Estrin's order, in which few
/// products wait for one another; powers are z, z^2, z^4, z^8, z^16.
template <std::size_t N, std::size_t first, std::size_t count, typename T>
T phi_series(const std::array<T, 5>& powers) {
  constexpr double constant = inverse_factorial[first + N];
  if constexpr (count == 1) {
    return T(constant);
  } else if constexpr (count == 2) {
    constexpr double slope = inverse_factorial[first + 1 + N];
    return powers[0] * slope + constant;
  } else {
    constexpr std::size_t half = std::bit_floor(count - 1);
    return phi_series<N, first + half, count - half>(powers) * powers[std::bit_width(half) - 1] +
           phi_series<N, first, half>(powers);
  }
}

}  // namespace detail

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
  static_assert(N >= 3 && N <= 5);
  using detail::inverse_factorial;
  using std::abs;
  using std::exp;
  PhiValues<T, N> values;
  if (abs(z) < T(1.5)) {
    // The series of the highest, whose first term left out is below 4e-17 of it, then phi_k = z phi_{k+1} + 1/k!
    // downwards: all terms but z are positive and small.
    const T z2 = z * z;
    const T z4 = z2 * z2;
    const std::array<T, 5> powers = {z, z2, z4, z4 * z4, z4 * z4 * z4 * z4};
    values[N - 1] = abs(z) < T(0.1)   ? detail::phi_series<N, 0, 9>(powers)
                    : abs(z) < T(0.5) ? detail::phi_series<N, 0, 13>(powers)
                                      : detail::phi_series<N, 0, 19>(powers);
    for (std::size_t k = N - 1; k > 0; --k) values[k - 1] = z * values[k] + inverse_factorial[k];
    return values;
  }
  const T inverse = 1.0 / z;
  T numerator = exp(z) - 1.0;
  for (std::size_t k = 0; k < N; ++k) {
    values[k] = numerator * inverse;
    if (k + 1 < N) numerator = values[k] - inverse_factorial[k + 1];
  }
  return values;
}

}  // namespace pet
