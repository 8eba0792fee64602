// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

#include "kinetic_models/model.h"

// Every nonlinear model as a short sum: of curves that stay as they are (the reference, whole blood), and of basis
// curves y(theta) whose rates move with the parameters. That is all the voxelwise engine knows of a model; parameters,
// bounds and quantities are those of its record. Each model below says
//   parameters, fixed, moving   how many there are
//   searched                    rates of the grid point from which it starts
//   starts                      starts that it makes of one grid point
//   is_one_to_one               whether start() is the inverse of expand(): the best grid point is then the best fit
//   blood                       the parameter that is the coefficient of the first fixed curve, or -1
//   curves()                    its fixed curves, frame by frame
//   moved()                     the basis curve at a rate
//   expand()                    coefficients and rates from the parameters
//   start()                     parameters from a grid point, which may lie outside the bounds
//   fastest()                   the fastest rate within the bounds, 1/min
namespace pet::detail {

/// coefficient x y(rate).
template <typename T>
struct Moving {
  T rate;
  T coefficient;
};

/// A point of the search: rates with their linear coefficients.
template <typename T>
struct GridPoint {
  std::array<T, 2> fixed{};
  std::array<Moving<T>, 2> moving{};
};

/// A blood curve for a model with a plasma input: zeros where none was measured (vB is then held at 0).
inline std::vector<double> blood_curve(const Plasma& plasma, double delay_min) {
  if (!plasma.has_whole_blood()) return std::vector<double>(plasma.frames().size(), 0.0);
  return plasma.whole_blood().moved(delay_min).value;
}

/// What the tissue has after the blood was taken off, from fitted coefficients: (1 - vB) x coefficient.
template <typename T>
T tissue_share(const T& vB) {
  const T share = 1.0 - vB;
  return share < 0.5 ? T(0.5) : share;
}

/// What models have in common: one rate is searched for, from one start.
struct OneRateTerms {
  static constexpr std::size_t fixed = 1;
  static constexpr std::size_t moving = 1;
  static constexpr std::size_t searched = 1;
  static constexpr std::size_t starts = 1;
  static constexpr bool is_one_to_one = true;
};

/// Models whose only fixed curve is the reference.
struct ReferenceTerms : OneRateTerms {
  static constexpr int blood = -1;

  static MovableInput::Convolved moved(const ScanInput& input, double rate, double, std::span<const Parameter>) {
    return input.reference().movable().convolved(rate, 0.0);
  }
  static std::vector<std::vector<double>> curves(const ScanInput& input, double) {
    return {input.reference().input().value()};
  }
};

/// Models whose only fixed curve is the blood.
struct PlasmaTerms : OneRateTerms {
  static MovableInput::Convolved moved(const ScanInput& input,
                                       double rate,
                                       double delay_min,
                                       std::span<const Parameter>) {
    return input.plasma().movable().convolved(rate, delay_min);
  }
  static std::vector<std::vector<double>> curves(const ScanInput& input, double delay_min) {
    return {blood_curve(input.plasma(), delay_min)};
  }
};

struct SrtmTerms : ReferenceTerms {
  static constexpr std::size_t parameters = 3;  // R1, k2, BPND

  template <typename T>
  static void expand(const T* p, T* of_fixed, Moving<T>* terms) {
    const T k2a = p[1] / (1.0 + p[2]);
    of_fixed[0] = p[0];
    terms[0] = {k2a, p[1] - p[0] * k2a};
  }
  template <typename T>
  static std::array<T, 3> start(const GridPoint<T>& g, std::span<const Parameter>, std::size_t) {
    const T& R1 = g.fixed[0];
    const T& k2a = g.moving[0].rate;
    const T k2 = g.moving[0].coefficient + R1 * k2a;
    return {R1, k2, k2 / k2a - 1.0};
  }
  static double fastest(std::span<const Parameter> p) { return p[1].upper / (1.0 + p[2].lower); }
};

/// With k2prime given the curve is one family alone, R1 [C_R + (k2prime - k2a) C_R (x) exp(-k2a t)].
struct Srtm2Terms : ReferenceTerms {
  static constexpr std::size_t parameters = 3;  // R1, BPND, k2prime (held)
  static constexpr std::size_t fixed = 0;

  static std::vector<std::vector<double>> curves(const ScanInput&, double) { return {}; }
  static MovableInput::Convolved moved(const ScanInput& input, double k2a, double, std::span<const Parameter> p) {
    const std::vector<double>& C_R = input.reference().input().value();
    MovableInput::Convolved curve = input.reference().movable().convolved(k2a, 0.0);
    const double difference = p[2].held - k2a;
    for (std::size_t f = 0; f < C_R.size(); ++f) {
      curve.by_theta[f] = difference * curve.by_theta[f] - curve.value[f];
      curve.value[f] = C_R[f] + difference * curve.value[f];
    }
    return curve;
  }
  template <typename T>
  static void expand(const T* p, T*, Moving<T>* terms) {
    terms[0] = {p[0] * p[2] / (1.0 + p[1]), p[0]};
  }
  template <typename T>
  static std::array<T, 3> start(const GridPoint<T>& g, std::span<const Parameter> p, std::size_t) {
    const T& R1 = g.moving[0].coefficient;
    return {R1, R1 * p[2].held / g.moving[0].rate - 1.0, T(p[2].held)};
  }
  static double fastest(std::span<const Parameter> p) { return p[0].upper * p[2].held / (1.0 + p[1].lower); }
};

/// The roots of th^2 - (k2 + k3 + k4) th + k2 k4 and the share of the slower, (k3 + k4 - slow) / (fast - slow).
template <typename T>
struct Roots {
  T fast;
  T slow;
  T weight;

  Roots(const T& k2, const T& k3, const T& k4) {
    using std::sqrt;
    const T m = 0.5 * (k2 + k3 + k4);
    const T difference = k2 + k3 - k4;
    // Roots that coincide are kept apart by 1e-5 /min: the divided difference of the curve is still one.
    constexpr double apart_squared = 1e-10;
    const T r = sqrt(0.25 * difference * difference + k3 * k4 + apart_squared);
    fast = m + r;
    slow = k2 * k4 / fast;
    weight = (k3 + k4 - slow) / (fast - slow);
  }
};

struct FrtmTerms : ReferenceTerms {
  static constexpr std::size_t parameters = 4;  // R1, k2, k3, k4
  static constexpr std::size_t moving = 2;
  static constexpr std::size_t starts = 6;
  static constexpr bool is_one_to_one = false;

  template <typename T>
  static void expand(const T* p, T* of_fixed, Moving<T>* terms) {
    const T& R1 = p[0];
    const T& k2 = p[1];
    const Roots<T> roots(k2, p[2], p[3]);
    const T of_slow = roots.weight * (k2 - R1 * roots.slow);  // R1 (k2prime - slow), k2prime = k2 / R1
    of_fixed[0] = R1;
    terms[0] = {roots.fast, k2 - R1 * k2 - of_slow};
    terms[1] = {roots.slow, of_slow};
  }
  /// From the simplified model, the limit of fast exchange: with slow and fast exchange, and with tracer that leaves
  /// the tissue so fast that release alone is slow.
  template <typename T>
  static std::array<T, 4> start(const GridPoint<T>& g, std::span<const Parameter> p, std::size_t which) {
    constexpr std::array exchange = {0.01, 0.03, 0.1, 0.3};
    constexpr std::array fast_efflux = {0.3, 1.0};
    const auto [R1, k2, BPND] = SrtmTerms::start(g, p, 0);
    const T binding = BPND < 0.05 ? T(0.05) : BPND;
    if (which < exchange.size()) return {R1, k2, binding * exchange[which], T(exchange[which])};
    const T& k2a = g.moving[0].rate;
    return {R1, T(fast_efflux[which - exchange.size()]), binding * k2a, k2a};
  }
  static double fastest(std::span<const Parameter> p) { return p[1].upper + p[2].upper + p[3].upper; }
};

struct OneTissueTerms : PlasmaTerms {
  static constexpr std::size_t parameters = 4;  // K1, k2, vB, delay (held)
  static constexpr int blood = 2;

  template <typename T>
  static void expand(const T* p, T* of_fixed, Moving<T>* terms) {
    of_fixed[0] = p[2];
    terms[0] = {p[1], (1.0 - p[2]) * p[0]};
  }
  template <typename T>
  static std::array<T, 4> start(const GridPoint<T>& g, std::span<const Parameter>, std::size_t) {
    return {g.moving[0].coefficient / tissue_share(g.fixed[0]), g.moving[0].rate, g.fixed[0], T(0.0)};
  }
  static double fastest(std::span<const Parameter> p) { return p[1].upper; }
};

struct TwoTissueTerms : PlasmaTerms {
  static constexpr std::size_t parameters = 6;  // K1, k2, k3, k4, vB, delay (held)
  static constexpr std::size_t moving = 2;
  static constexpr std::size_t searched = 2;
  static constexpr int blood = 4;

  template <typename T>
  static void expand(const T* p, T* of_fixed, Moving<T>* terms) {
    const Roots<T> roots(p[1], p[2], p[3]);
    const T tissue = (1.0 - p[4]) * p[0];
    of_fixed[0] = p[4];
    terms[0] = {roots.fast, tissue * (1.0 - roots.weight)};
    terms[1] = {roots.slow, tissue * roots.weight};
  }
  /// With h(t) the impulse response: K1 = h(0), k2 = -h'(0) / h(0), k2 k4 = product and k2 + k3 + k4 = sum of the
  /// rates.
  template <typename T>
  static std::array<T, 6> start(const GridPoint<T>& g, std::span<const Parameter>, std::size_t) {
    const auto& [fast, slow] = g.moving;
    const T sum = fast.coefficient + slow.coefficient;
    const T k2 = (fast.coefficient * fast.rate + slow.coefficient * slow.rate) / sum;
    const T k4 = fast.rate * slow.rate / k2;
    return {sum / tissue_share(g.fixed[0]), k2, fast.rate + slow.rate - k2 - k4, k4, g.fixed[0], T(0.0)};
  }
  static double fastest(std::span<const Parameter> p) { return p[1].upper + p[2].upper + p[3].upper; }
};

struct TwoTissueIrreversibleTerms : PlasmaTerms {
  static constexpr std::size_t parameters = 5;  // K1, k2, k3, vB, delay (held)
  static constexpr std::size_t fixed = 2;
  static constexpr int blood = 3;

  static std::vector<std::vector<double>> curves(const ScanInput& input, double delay_min) {
    return {blood_curve(input.plasma(), delay_min), input.plasma().movable().convolved(0.0, delay_min).value};
  }
  template <typename T>
  static void expand(const T* p, T* of_fixed, Moving<T>* terms) {
    const T rate = p[1] + p[2];
    const T tissue = (1.0 - p[3]) * p[0];
    of_fixed[0] = p[3];
    of_fixed[1] = tissue * p[2] / rate;
    terms[0] = {rate, tissue * p[1] / rate};
  }
  template <typename T>
  static std::array<T, 5> start(const GridPoint<T>& g, std::span<const Parameter>, std::size_t) {
    const T trapped = g.fixed[1] < 0.0 ? T(0.0) : g.fixed[1];
    const T sum = trapped + g.moving[0].coefficient;
    const T k3 = g.moving[0].rate * trapped / sum;
    return {sum / tissue_share(g.fixed[0]), g.moving[0].rate - k3, k3, g.fixed[0], T(0.0)};
  }
  static double fastest(std::span<const Parameter> p) { return p[1].upper + p[2].upper; }
};

}  // namespace pet::detail
