// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "kinetic_models/model.h"

namespace pet {

/// How an interval is made.
///   standard_error  estimate -+ Student's t x standard error
///   profile         all values whose constrained optimum is not worse than the data allow
///   bootstrap       percentiles of refits to resampled residuals
enum class IntervalKind { standard_error, profile, bootstrap };

IntervalKind interval_kind(std::string_view name);  ///< "se", "profile", "bootstrap"; throws UsageError
std::string_view name_of(IntervalKind kind);

/// What is resampled: residuals drawn with replacement, or each residual with a random sign, which keeps a variance
/// that differs from frame to frame.
enum class Resampling { residual, wild };

Resampling resampling(std::string_view name);  ///< throws UsageError
std::string_view name_of(Resampling resampling);

struct IntervalOptions {
  IntervalKind kind = IntervalKind::standard_error;
  double level = 0.95;
  Resampling resampling = Resampling::residual;
  int samples = 1000;  ///< of the bootstrap
  std::uint64_t seed = 1;
};

/// Sets `lower` and `upper` of every estimate of a fit of `model` to `target`.
///
/// Profile: the bounds are where the smallest weighted RSS under the constraint "quantity = v", over all other
/// parameters within their bounds, exceeds that of the fit by t^2 s^2, t being Student's quantile for the degrees of
/// freedom and s^2 = RSS / (N - p) (Seber GAF, Wild CJ. Nonlinear Regression. Wiley 1989, section 5.9). The curve is
/// followed along the bounds of parameters. A side on which it never gets there, or only because a bound that is not
/// zero keeps the quantity from going on, is infinite: flag <symbol>_unbounded, and status unidentifiable where it is
/// the model's first quantity; where a rate or volume cannot fall below its bound of zero, the bound ends the interval.
/// For linear methods the weighted RSS is that of the coefficients' covariance with the propagated noise of the target,
/// which makes the interval of a ratio that of Fieller.
///
/// Bootstrap: percentiles of `samples` refits to the fitted curve plus resampled residuals (weighted, enlarged by
/// sqrt(N / (N - p))), seeded. Quantities without enough refits (90 %) have no interval: flag bootstrap_failed.
///
/// A quantity that does not vary (held parameters) has the estimate for both bounds.
void add_intervals(const Model& model,
                   const TimeActivityCurve& target,
                   const ScanInput& input,
                   const FitOptions& options,
                   const IntervalOptions& intervals,
                   Fit& fit);

/// Estimate -+ Student's t x standard error for every estimate.
void add_standard_error_intervals(double level, Fit& fit);

}  // namespace pet
