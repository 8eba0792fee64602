// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <ceres/jet.h>

#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "kinetic_models/detail/frames_used.h"
#include "kinetic_models/detail/statistics.h"
#include "kinetic_models/model.h"

namespace pet::detail {

/// A weighted linear regression y ~ sum of coefficient[c] x column[c].
struct LinearSolution {
  std::vector<double> coefficients;
  std::vector<double> covariance;  ///< row-major: s^2 (X'WX)^-1, s^2 = RSS / (N - p)
  double weighted_rss = 0.0;
  bool is_determined = false;  ///< false: the columns depend on each other
};

/// Minimises sum w (y - X b)^2 by QR with column pivoting of the weighted, column-scaled matrix. `columns` and `y` have
/// one value a weight. Columns are dependent where a pivot falls below 1e-10 of the largest.
LinearSolution weighted_least_squares(std::span<const std::vector<double>> columns,
                                      std::span<const double> y,
                                      std::span<const double> weights);

/// The values of `all` at the frames used.
std::vector<double> at_frames(const std::vector<double>& all, const FramesUsed& used);

/// Sum of coefficient x column over all frames.
std::vector<double> combination(std::span<const std::vector<double>> columns, std::span<const double> coefficients);

/// Quantities from regression coefficients, with standard errors by propagation. `derive` is templated on the scalar:
/// derive(coefficients, out).
template <std::size_t P, typename Derive>
Fit as_fit(std::span<const Quantity> quantities,
           const LinearSolution& solution,
           const FramesUsed& used,
           const Derive& derive) {
  using Dual = ceres::Jet<double, static_cast<int>(P)>;
  Fit fit;
  fit.status = solution.is_determined ? FitStatus::ok : FitStatus::unidentifiable;
  if (!solution.is_determined) fit.flags.push_back("collinear");
  std::array<Dual, P> coefficients;
  for (std::size_t i = 0; i < P; ++i) coefficients[i] = Dual(solution.coefficients[i], static_cast<int>(i));
  std::vector<Dual> values(quantities.size());
  derive(coefficients.data(), std::span<Dual>(values));
  for (std::size_t q = 0; q < quantities.size(); ++q) {
    Estimate estimate{quantities[q].symbol, quantities[q].unit, values[q].a, not_available};
    double variance = 0.0;
    for (std::size_t a = 0; a < P; ++a)
      for (std::size_t b = 0; b < P; ++b)
        variance +=
            values[q].v[static_cast<int>(a)] * values[q].v[static_cast<int>(b)] * solution.covariance[a * P + b];
    if (solution.is_determined) estimate.standard_error = std::sqrt(variance);
    if (!solution.is_determined || !std::isfinite(estimate.value)) estimate.value = not_available;
    fit.estimates.push_back(estimate);
  }
  add_goodness_of_fit(fit, solution.weighted_rss, used.index.size(), P);
  return fit;
}

}  // namespace pet::detail
