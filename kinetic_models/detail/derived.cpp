// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/detail/derived.h"

#include <cmath>

namespace pet::detail {

std::vector<Estimate> derived_estimates(const Model& model,
                                        std::span<const double> parameters,
                                        std::span<const double> covariance,
                                        const FitOptions& options) {
  const std::size_t p = parameters.size();
  std::vector<double> values(model.quantities.size());
  std::vector<double> gradient(model.quantities.size() * p);
  model.derive(parameters, options, values, gradient);
  std::vector<Estimate> estimates;
  for (std::size_t q = 0; q < model.quantities.size(); ++q) {
    Estimate estimate{model.quantities[q].symbol, model.quantities[q].unit, values[q]};
    double variance = 0.0;
    for (std::size_t a = 0; a < p; ++a)
      for (std::size_t b = 0; b < p; ++b)
        if (gradient[q * p + a] != 0.0 && gradient[q * p + b] != 0.0)
          variance += gradient[q * p + a] * gradient[q * p + b] * covariance[a * p + b];
    estimate.standard_error = std::sqrt(variance);
    if (model.quantities[q].needs_fP && !options.plasma_free_fraction)
      estimate.value = estimate.standard_error = not_available;
    estimates.push_back(estimate);
  }
  return estimates;
}

void flag_imprecise(Fit& fit) {
  constexpr double imprecise = 0.25;
  const Estimate& first = fit.estimates.front();
  if (first.symbol == "VT" && first.standard_error > imprecise * std::abs(first.value))
    fit.flags.push_back("vt_imprecise");
}

}  // namespace pet::detail
