// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/srtm.h"

#include <tuple>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/differentiate_points.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/reference_start.h"

namespace pet {
namespace {

template <typename T>
void predict(const SampledInput& reference, const T& R1, const T& k2, const T& BPND, std::span<T> C_T) {
  const T k2a = k2 / (1.0 + BPND);
  const std::vector<T> convolution = detail::convolved(reference, k2a);
  for (std::size_t i = 0; i < C_T.size(); ++i) C_T[i] = R1 * reference.value()[i] + (k2 - R1 * k2a) * convolution[i];
}

}  // namespace

void predict_srtm(std::span<const double> parameters,
                  const ScanInput& input,
                  std::span<double> predicted,
                  std::span<double> jacobian) {
  const SampledInput& reference = input.reference().input();
  const auto model = [&](const auto* p, auto C_T) { predict(reference, p[0], p[1], p[2], C_T); };
  detail::differentiate<3>(model, parameters, predicted, jacobian);
}

void derive_srtm(std::span<const double> parameters,
                 const FitOptions&,
                 std::span<double> values,
                 std::span<double> gradient) {
  const auto derive = [](const auto* p, auto out) {
    const auto& [R1, k2, BPND] = std::tie(p[0], p[1], p[2]);
    out[0] = BPND;
    out[1] = R1;
    out[2] = k2;
    out[3] = k2 / (1.0 + BPND);
    out[4] = k2 / R1;
  };
  detail::differentiate_points<3>(derive, parameters, values, gradient);
}

Fit fit_srtm(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  const auto parameters = detail::with_bounds(srtm_parameters, options);
  const auto used = detail::frames_used(target, options, srtm.least_frames, srtm.name);
  // The model is linear in R1 and a = k2 - R1 k2a once k2a is known.
  const auto start =
      detail::best_start(reference.input(), target, used, parameters, [](double k2a, double R1, double a) {
        const double k2 = a + R1 * k2a;
        return std::vector{R1, k2, k2 / k2a - 1.0};
      });
  Fit fit = detail::fit_nonlinear(srtm, target, reference, options, {start});
  detail::flag_low_binding(fit);
  return fit;
}

}  // namespace pet
