// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ceres/jet.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "kinetic_models/maps/detail/rate_search.h"
#include "kinetic_models/maps/detail/terms.h"

namespace pet::detail {

/// The optimum of one voxel in the space of its curves. `normal` is J'J of all parameters, in weighted coordinates.
template <std::size_t P>
struct Optimum {
  std::array<double, P> parameters{};
  std::array<std::array<double, P>, P> normal{};
  double cost = std::numeric_limits<double>::infinity();  ///< squared distance within the space
  bool converged = false;
};

/// Scalar products of some curves with each other and with the residual c - sum of coefficient x curve.
struct CurveProducts {
  static constexpr std::size_t most_curves = 6;
  std::array<std::array<double, most_curves>, most_curves> of_pair;
  std::array<double, most_curves> with_residual;
  double of_residual;  ///< its square
};
void multiply(std::span<const Coordinates> curves,
              std::span<const double> coefficients,
              const Coordinates& c,
              std::size_t width,
              CurveProducts& products);

/// Cholesky's factors of the rows and columns of a symmetric matrix that are in `active`.
template <std::size_t P>
class Cholesky {
 public:
  using Matrix = std::array<std::array<double, P>, P>;

  Cholesky(const Matrix& a, const std::array<std::size_t, P>& active, std::size_t count)
      : active_(active), count_(count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::array<double, P>& row = a[active[i]];
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = row[active[j]];
        for (std::size_t k = 0; k < j; ++k) sum -= lower_[i][k] * lower_[j][k];
        if (j < i) {
          lower_[i][j] = sum * inverse_[j];
          continue;
        }
        if (!(sum > 1e-14 * row[active[i]])) return;
        inverse_[i] = 1.0 / std::sqrt(sum);
      }
    }
    is_positive_ = true;
  }

  /// False where the matrix is not positive definite: there are no factors then.
  bool is_positive() const { return is_positive_; }

  /// From b to x with A x = b, in the active places.
  void solve(std::array<double, P>& b) const {
    for (std::size_t i = 0; i < count_; ++i) {
      double& x = b[active_[i]];
      for (std::size_t k = 0; k < i; ++k) x -= lower_[i][k] * b[active_[k]];
      x *= inverse_[i];
    }
    for (std::size_t i = count_; i-- > 0;) {
      double& x = b[active_[i]];
      for (std::size_t k = i + 1; k < count_; ++k) x -= lower_[k][i] * b[active_[k]];
      x *= inverse_[i];
    }
  }

 private:
  std::array<std::size_t, P> active_;
  std::size_t count_;
  Matrix lower_;                     // below the diagonal
  std::array<double, P> inverse_{};  // of the diagonal
  bool is_positive_ = false;
};

/// Gauss-Newton within bounds on the curves of a rate table, with Levenberg's and Marquardt's damping where a step does
/// not improve. A parameter at a bound is left there while the gradient holds it against it. The parameters are those
/// of the model, with its bounds: the optimum is that of the regional fit.
template <typename Terms>
class Refinement {
 public:
  static constexpr std::size_t P = Terms::parameters;
  using Vector = std::array<double, P>;

  /// What parameters cost beside the residuals: weight x (p - mean)^2.
  struct Penalty {
    Vector mean{};
    Vector weight{};

    double at(const Vector& p) const {
      double sum = 0.0;
      for (std::size_t j = 0; j < P; ++j) sum += weight[j] * (p[j] - mean[j]) * (p[j] - mean[j]);
      return sum;
    }
  };

  Refinement(const RateTable& table, std::span<const Parameter> parameters)
      : table_(table), parameters_(parameters.begin(), parameters.end()) {
    for (std::size_t j = 0; j < P; ++j)
      if (!parameters_[j].is_held()) free_[free_count_++] = j;
  }

  /// The start moved into the bounds, held parameters at their values.
  Vector within_bounds(Vector p) const {
    for (std::size_t j = 0; j < P; ++j)
      p[j] =
          parameters_[j].is_held() ? parameters_[j].held : std::clamp(p[j], parameters_[j].lower, parameters_[j].upper);
    return p;
  }

  /// From `start` to the optimum, or for at most `most_steps`. It stops where the undamped step would lower the cost by
  /// less than 1e-13 of it, or by less than rounding: no parameter is then farther from its optimum than a few 1e-6 of
  /// its standard error.
  Optimum<P> minimise(const Coordinates& c,
                      const Vector& start,
                      int most_steps = 100,
                      const Penalty* penalty = nullptr) const {
    constexpr double negligible = 1e-13;
    constexpr double tolerable = 1e-8;                          // where no step lowers the cost any more
    const double rounding = 1e-28 * dot(c, c, table_.width());  // of the promised fall, which is of second order
    constexpr double near = 1e-5;
    constexpr double least_damping = 1e-4;
    constexpr double most_damping = 1e12;
    Optimum<P> best;
    best.parameters = within_bounds(start);
    Vector gradient{};
    evaluate(c, penalty, best, gradient);
    double damping = 0.0;
    for (int i = 0; i < most_steps; ++i) {
      const Step taken = step(best, gradient, damping);
      // The damped step promises less than the undamped one: that is asked only where little is left.
      const bool is_near = damping == 0.0 || !taken.is_solved || taken.gain <= near * best.cost + rounding;
      const Step undamped = damping > 0.0 && is_near ? step(best, gradient, 0.0) : taken;
      const bool is_there = is_near && undamped.is_solved && undamped.gain <= negligible * best.cost + rounding;
      best.converged = is_there || (is_near && undamped.is_solved && undamped.gain <= tolerable * best.cost);
      if (is_there) return best;
      Optimum<P> trial;
      trial.parameters = taken.to;
      Vector trial_gradient{};
      if (taken.is_solved) evaluate(c, penalty, trial, trial_gradient);
      // What the quadratic has promised and what came of it.
      const double success = taken.is_solved ? (best.cost - trial.cost) / taken.gain : -1.0;
      if (success > 0.0) {
        best = trial;
        gradient = trial_gradient;
      }
      // Where the residuals are large the quadratic is too flat, and undamped steps overshoot to and fro.
      if (success > 0.75) damping = damping > least_damping ? 0.2 * damping : 0.0;
      if (!(success > 0.25)) damping = std::max(least_damping, 8.0 * damping);
      if (!(damping < most_damping)) return best;
    }
    return best;
  }
  /// The curve at some parameters and its derivatives by each of them, in coordinates.
  void linearise(const Vector& parameters, Coordinates& curve, std::array<Coordinates, P>& columns) const {
    Parts parts;
    take_apart(parameters, parts);
    const std::size_t width = table_.width();
    curve.fill(0.0);
    for (std::size_t a = 0; a < Parts::count; ++a) add(curve, parts.coefficients[a], parts.curves[a], width);
    for (std::size_t j = 0; j < P; ++j) {
      columns[j].fill(0.0);
      for (std::size_t a = 0; a < Parts::count; ++a)
        if (parts.by[a][j] != 0.0) add(columns[j], parts.by[a][j], parts.curves[a], width);
    }
  }

 private:
  struct Step {
    Vector to;
    double gain = 0.0;  ///< the fall of the cost that the quadratic promises
    bool is_solved = false;
  };

  // The damped step from an evaluated point, within the bounds: straight to the minimum of the quadratic or to the
  // first bound on the way; from there on with that parameter held, so that the others do not creep along the bound.
  Step step(const Optimum<P>& at, const Vector& gradient, double damping) const {
    auto damped = at.normal;
    std::array<std::size_t, P> active{};
    std::size_t count = 0;
    for (std::size_t i = 0; i < free_count_; ++i) {
      const std::size_t j = free_[i];
      const bool is_against_lower = at.parameters[j] <= parameters_[j].lower && gradient[j] <= 0.0;
      const bool is_against_upper = at.parameters[j] >= parameters_[j].upper && gradient[j] >= 0.0;
      if (!is_against_lower && !is_against_upper && at.normal[j][j] > 0.0) active[count++] = j;
      damped[j][j] *= 1.0 + damping;
    }
    Step step{at.parameters, 0.0, true};
    Vector rest = gradient;  // of the quadratic at the place reached
    while (count > 0) {
      Vector leg = rest;
      const Cholesky<P> factors(damped, active, count);
      step.is_solved = factors.is_positive();
      if (!step.is_solved) return step;
      factors.solve(leg);
      const Bound first = first_bound(step.to, leg, active, count);
      for (std::size_t i = 0; i < count; ++i) {
        const std::size_t j = active[i];
        step.to[j] += first.share * leg[j];
        for (std::size_t k = 0; k < P; ++k) rest[k] -= damped[k][j] * first.share * leg[j];
      }
      if (first.share == 1.0) break;
      const std::size_t held = active[first.index];
      step.to[held] = leg[held] > 0.0 ? parameters_[held].upper : parameters_[held].lower;
      std::copy(active.begin() + static_cast<std::ptrdiff_t>(first.index) + 1, active.end(),
                active.begin() + static_cast<std::ptrdiff_t>(first.index));
      --count;
    }
    step.gain = promised(at, gradient, step.to);
    return step;
  }

  // The first bound on a leg: which of the active parameters meets it, and after what share of the leg; share 1 for
  // none.
  struct Bound {
    std::size_t index = 0;
    double share = 1.0;
  };
  Bound first_bound(const Vector& from,
                    const Vector& leg,
                    const std::array<std::size_t, P>& active,
                    std::size_t count) const {
    Bound first;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t j = active[i];
      const double room = (leg[j] > 0.0 ? parameters_[j].upper : parameters_[j].lower) - from[j];
      if (std::abs(leg[j]) > std::abs(room) && room / leg[j] < first.share) first = {i, std::max(room / leg[j], 0.0)};
    }
    return first;
  }

  // The fall of the cost that the undamped quadratic promises.
  double promised(const Optimum<P>& at, const Vector& gradient, const Vector& to) const {
    double gain = 0.0;
    for (std::size_t j = 0; j < P; ++j) {
      double bend = 0.0;
      for (std::size_t k = 0; k < P; ++k) bend += at.normal[j][k] * (to[k] - at.parameters[k]);
      gain += (to[j] - at.parameters[j]) * (2.0 * gradient[j] - bend);
    }
    return gain;
  }

  // The few curves of which the model's curve and all its derivatives are combinations: curve = sum of coefficients x
  // curves, derivative by parameter j = sum of by[.][j] x curves.
  struct Parts {
    static constexpr std::size_t count = Terms::fixed + 2 * Terms::moving;
    std::array<Coordinates, count> curves;
    std::array<double, count> coefficients{};
    std::array<std::array<double, P>, count> by{};
  };

  void take_apart(const Vector& parameters, Parts& parts) const {
    using Dual = ceres::Jet<double, static_cast<int>(P)>;
    std::array<Dual, P> p;
    for (std::size_t j = 0; j < P; ++j) p[j] = Dual(parameters[j], static_cast<int>(j));
    std::array<Dual, most_fixed> of_fixed;
    std::array<Moving<Dual>, Terms::moving> terms;
    Terms::expand(p.data(), of_fixed.data(), terms.data());
    for (std::size_t f = 0; f < Terms::fixed; ++f) {
      parts.curves[f] = table_.fixed()[f];
      parts.coefficients[f] = of_fixed[f].a;
      for (std::size_t j = 0; j < P; ++j) parts.by[f][j] = of_fixed[f].v[static_cast<int>(j)];
    }
    for (std::size_t m = 0; m < Terms::moving; ++m) {
      const std::size_t y = Terms::fixed + 2 * m;
      table_.at(terms[m].rate.a, parts.curves[y], parts.curves[y + 1]);
      parts.coefficients[y] = terms[m].coefficient.a;
      for (std::size_t j = 0; j < P; ++j) {
        parts.by[y][j] = terms[m].coefficient.v[static_cast<int>(j)];
        parts.by[y + 1][j] = terms[m].coefficient.a * terms[m].rate.v[static_cast<int>(j)];
      }
    }
  }

  // Cost, J'J and the direction of descent J'(c - curve), from the products of the parts.
  void evaluate(const Coordinates& c, const Penalty* penalty, Optimum<P>& at, Vector& gradient) const {
    constexpr std::size_t count = Parts::count;
    Parts parts;
    take_apart(at.parameters, parts);
    const auto& by = parts.by;
    CurveProducts products;
    multiply(parts.curves, parts.coefficients, c, table_.width(), products);
    at.cost = products.of_residual;
    for (std::size_t i = 0; i < free_count_; ++i) {
      const std::size_t j = free_[i];
      std::array<double, count> column{};
      gradient[j] = 0.0;
      for (std::size_t a = 0; a < count; ++a) {
        gradient[j] += by[a][j] * products.with_residual[a];
        for (std::size_t b = 0; b < count; ++b) column[b] += by[a][j] * products.of_pair[a][b];
      }
      for (std::size_t h = 0; h <= i; ++h) {
        double sum = 0.0;
        for (std::size_t b = 0; b < count; ++b) sum += column[b] * by[b][free_[h]];
        at.normal[j][free_[h]] = at.normal[free_[h]][j] = sum;
      }
    }
    if (penalty == nullptr) return;
    at.cost += penalty->at(at.parameters);
    for (std::size_t i = 0; i < free_count_; ++i) {
      const std::size_t j = free_[i];
      gradient[j] += penalty->weight[j] * (penalty->mean[j] - at.parameters[j]);
      at.normal[j][j] += penalty->weight[j];
    }
  }

  const RateTable& table_;
  std::vector<Parameter> parameters_;
  std::array<std::size_t, P> free_{};
  std::size_t free_count_ = 0;
};

}  // namespace pet::detail
