// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/srtm_v.h"

#include <tuple>

#include "kinetic_models/detail/autodiff.h"
#include "kinetic_models/detail/least_squares.h"
#include "kinetic_models/detail/plasma_curve.h"
#include "kinetic_models/detail/reference_start.h"

namespace pet {
namespace {

template <typename T>
void predict(const ReferenceRegion& reference,
             const T& R1,
             const T& k2,
             const T& BPND,
             const T& vB,
             const T& vBref,
             std::span<T> C) {
  const T k2a = k2 / (1.0 + BPND);
  const std::vector<double>& C_R = reference.input().value();
  const std::vector<double> C_b = reference.whole_blood().moved(0.0).value;
  const std::vector<T> reference_convolved = detail::convolved(reference.movable(), k2a, T(0.0));
  const std::vector<T> blood_convolved = detail::convolved(reference.whole_blood(), k2a, T(0.0));
  for (std::size_t i = 0; i < C.size(); ++i) {
    const T C_r = (C_R[i] - vBref * C_b[i]) / (1.0 - vBref);
    const T convolved = (reference_convolved[i] - vBref * blood_convolved[i]) / (1.0 - vBref);
    C[i] = (1.0 - vB) * (R1 * C_r + (k2 - R1 * k2a) * convolved) + vB * C_b[i];
  }
}

}  // namespace

void predict_srtm_v(std::span<const double> parameters,
                    const ScanInput& input,
                    std::span<double> predicted,
                    std::span<double> jacobian) {
  const auto model = [&](const auto* p, auto C) { predict(input.reference(), p[0], p[1], p[2], p[3], p[4], C); };
  detail::differentiate<5>(model, parameters, predicted, jacobian);
}

void derive_srtm_v(std::span<const double> parameters,
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
    out[5] = p[3];
    out[6] = p[4];
  };
  detail::differentiate<5>(derive, parameters, values, gradient);
}

Fit fit_srtm_v(const TimeActivityCurve& target, const ReferenceRegion& reference, const FitOptions& options) {
  const auto parameters = detail::with_bounds(srtm_v_parameters, options);
  const auto used = detail::frames_used(target, options, srtm_v.least_frames, srtm_v.name);
  const auto held_or_start = [](const Parameter& p) { return p.is_held() ? p.held : p.initial; };
  // As srtm: blood changes the start little.
  const auto start =
      detail::best_start(reference.input(), target, used, parameters, [&](double k2a, double R1, double a) {
        const double k2 = a + R1 * k2a;
        return std::vector{R1, k2, k2 / k2a - 1.0, held_or_start(parameters[3]), held_or_start(parameters[4])};
      });
  Fit fit = detail::fit_nonlinear(srtm_v, target, reference, options, {start});
  detail::flag_low_binding(fit);
  return fit;
}

}  // namespace pet
