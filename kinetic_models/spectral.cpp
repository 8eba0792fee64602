// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/spectral.h"

#include <algorithm>
#include <cmath>

#include "kinetic_models/detail/derived.h"
#include "kinetic_models/detail/linear.h"
#include "kinetic_models/detail/nnls.h"

namespace pet {
namespace {

constexpr auto lines = static_cast<std::size_t>(spectral_rates);

// All curves of the spectrum by frame, then whole blood (zeros where its share is given or there is none).
std::vector<std::vector<double>> basis(const Plasma& plasma, const FitOptions& options) {
  std::vector<std::vector<double>> curves;
  for (int j = 0; j < spectral_rates; ++j)
    curves.push_back(plasma.movable().convolved(spectral_rate(j), plasma.delay_min()).value);
  const bool fits_blood = plasma.has_whole_blood() && !options.vB.value;
  curves.push_back(fits_blood ? plasma.whole_blood().moved(plasma.delay_min()).value
                              : std::vector<double>(plasma.frames().size(), 0.0));
  return curves;
}

}  // namespace

double spectral_rate(int line) {
  return spectral_slowest_per_min *
         std::pow(spectral_fastest_per_min / spectral_slowest_per_min, line / (spectral_rates - 1.0));
}

double spectral_impulse_response(const Fit& fit, double time_min) {
  double sum = 0.0;
  for (int j = 0; j < spectral_rates; ++j)
    sum += fit.parameters[static_cast<std::size_t>(j)] * std::exp(-spectral_rate(j) * time_min);
  return sum / (1.0 - fit.parameters[lines]);
}

void derive_spectral(std::span<const double> coefficients,
                     const FitOptions&,
                     std::span<double> values,
                     std::span<double> gradient) {
  const double share = 1.0 - coefficients[lines];
  std::fill(values.begin(), values.end(), 0.0);
  std::fill(gradient.begin(), gradient.end(), not_available);  // the choice of lines has no derivative
  for (std::size_t j = 0; j < lines; ++j) {
    values[0] += coefficients[j] / spectral_rate(static_cast<int>(j)) / share;
    values[1] += coefficients[j] / share;
    if (coefficients[j] > 0.0) values[3] += 1.0;
  }
  values[2] = coefficients[lines];
}

Fit fit_spectral(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  const auto used = detail::frames_used(target, options, spectral.least_frames, spectral.name);
  const std::vector<std::vector<double>> curves = basis(plasma, options);
  const auto n = static_cast<Eigen::Index>(used.index.size());
  Eigen::MatrixXd a(n, static_cast<Eigen::Index>(curves.size()));
  Eigen::VectorXd b(n);
  for (Eigen::Index r = 0; r < n; ++r) {
    const std::size_t i = used.index[static_cast<std::size_t>(r)];
    const double root = std::sqrt(used.weight[static_cast<std::size_t>(r)]);
    b[r] = root * target.activity[i];
    for (std::size_t c = 0; c < curves.size(); ++c) a(r, static_cast<Eigen::Index>(c)) = root * curves[c][i];
  }
  const Eigen::VectorXd x = detail::non_negative_least_squares(a, b);
  Fit fit;
  fit.parameters.assign(x.data(), x.data() + x.size());
  fit.covariance.assign(fit.parameters.size() * fit.parameters.size(), not_available);
  fit.estimates = detail::derived_estimates(spectral, fit.parameters, fit.covariance, options);
  fit.status = x.head(spectral_rates).sum() > 0.0 ? FitStatus::ok : FitStatus::failed;
  fit.fitted = detail::combination(curves, fit.parameters);
  const auto components = static_cast<std::size_t>((x.array() > 0.0).count());
  detail::add_goodness_of_fit(fit, (b - a * x).squaredNorm(), used.index.size(), components);
  if (fit.status == FitStatus::failed) {
    fit.flags.push_back("no_component");
    for (Estimate& estimate : fit.estimates) estimate.value = not_available;
  } else if (x[0] > 0.0) {
    fit.flags.push_back("slowest_component");
  }
  return fit;
}

}  // namespace pet
