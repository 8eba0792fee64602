// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/one_tissue.h"

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/plasma_curve.h"
#include "kinetic_models/detail/plasma_start.h"

namespace pet {
namespace {

template <typename T>
void predict(const Plasma& plasma, const T& K1, const T& k2, const T& vB, const T& delay, std::span<T> C) {
  std::vector<T> C_T = detail::convolved(plasma.movable(), k2, delay);
  for (T& c : C_T) c *= K1;
  detail::with_blood(plasma, C_T, vB, delay, C);
}

}  // namespace

void predict_one_tissue(std::span<const double> parameters,
                        const ScanInput& input,
                        std::span<double> predicted,
                        std::span<double> jacobian) {
  const auto model = [&](const auto* p, auto C) { predict(input.plasma(), p[0], p[1], p[2], p[3], C); };
  detail::differentiate<4>(model, parameters, predicted, jacobian);
}

void derive_one_tissue(std::span<const double> parameters,
                       const FitOptions&,
                       std::span<double> values,
                       std::span<double> gradient) {
  const auto derive = [](const auto* p, auto out) {
    out[0] = p[0] / p[1];
    for (std::size_t i = 0; i < 4; ++i) out[i + 1] = p[i];
  };
  detail::differentiate_points<4>(derive, parameters, values, gradient);
}

Fit fit_one_tissue(const TimeActivityCurve& target, const Plasma& plasma, const FitOptions& options) {
  std::vector<std::vector<double>> starts;
  for (const detail::Response& response : detail::one_rate_responses(one_tissue, target, plasma, options))
    starts.push_back({response.K1(), response.fast.rate, response.vB, response.delay_min});
  return detail::fit_nonlinear(one_tissue, target, plasma, options, starts);
}

}  // namespace pet
