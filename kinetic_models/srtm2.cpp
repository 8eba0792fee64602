// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/srtm2.h"

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/reference_start.h"

namespace pet {
namespace {

template <typename T>
void predict(const SampledInput& reference, double k2prime, const T& R1, const T& BPND, std::span<T> C_T) {
  const T k2a = R1 * k2prime / (1.0 + BPND);
  const std::vector<T> convolution = detail::convolved(reference, k2a);
  for (std::size_t i = 0; i < C_T.size(); ++i) C_T[i] = R1 * (reference.value()[i] + (k2prime - k2a) * convolution[i]);
}

}  // namespace

void predict_srtm2(std::span<const double> parameters,
                   const SampledInput& reference,
                   const FitOptions& options,
                   std::span<double> predicted,
                   std::span<double> jacobian) {
  const auto model = [&](const auto* p, auto C_T) { predict(reference, options.k2prime.value(), p[0], p[1], C_T); };
  detail::differentiate<2>(model, parameters, predicted, jacobian);
}

Fit fit_srtm2(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  const double k2prime = options.k2prime.value();
  const auto parameters = detail::with_bounds(srtm2_parameters, options);
  const auto used = detail::frames_used(target, options, srtm2.least_frames, srtm2.name);
  const auto prediction = [&](auto p, auto predicted, auto jacobian) {
    predict_srtm2(p, reference.input(), options, predicted, jacobian);
  };
  const auto start =
      detail::best_start(reference.input(), target, used, parameters, [&](double k2a, double R1, double) {
        return std::vector{R1, R1 * k2prime / k2a - 1.0};
      });
  const auto solution = detail::least_squares(parameters, prediction, target, used, options, {start});
  return detail::as_fit<2>(parameters, srtm2_quantities, solution, used, [&](const auto* p, auto out) {
    out[0] = p[1];
    out[1] = p[0];
    out[2] = p[0] * k2prime;
    out[3] = p[0] * k2prime / (1.0 + p[1]);
  });
}

}  // namespace pet
