// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "kinetic_models/intervals.h"
#include "kinetic_models/reference_noise.h"

namespace pet {

/// Fits a nonlinear reference tissue model by the likelihood of both curves: the reference is a measurement too, whose
/// true values are nuisance parameters, one a frame. Eliminated in closed form they leave
///   (y - f(p, r))' V(p)^-1 (y - f(p, r)),   V = diag(s^2 / w) + A(p) diag(s_r^2) A(p)',
/// y being the target, f the model's curve for the measured reference r, A = df/dr by central differences over one
/// standard deviation s_r of its `noise`, and w the weights (Fuller WA. Measurement Error Models. Wiley 1987, section
/// 3.2; exact where f is linear in r, as at mid-frame). s is such that the minimum equals the degrees of freedom, but
/// s^2 lies between 5 and 400 % of the residual variance of the ordinary fit. Standard errors contain the noise of both
/// curves. It has no AICc, for its residuals are not minimised. Status not_converged also where s does not settle.
///
/// Intervals, where asked for, use Student's t with the degrees of freedom of Welch and Satterthwaite from those of s
/// and s_r, taken for independent, weighed by what each contributes to the variance of the quantity; a profile is that
/// of the likelihood above. `weighted_rss` and `fitted` are those of the measured reference. A curve that an ordinary
/// fit cannot describe is returned as that fit. A k2prime that the options give is taken as exact. Throws UsageError
/// for a linear method, a model with plasma input, a robust loss, or intervals by bootstrap (see
/// add_reference_noise_intervals).
Fit fit_noisy_reference(const Model& model,
                        const TimeActivityCurve& target,
                        const ReferenceRegion& reference,
                        const FitOptions& options,
                        const ReferenceNoise& noise,
                        const std::optional<IntervalOptions>& intervals = std::nullopt);

}  // namespace pet
