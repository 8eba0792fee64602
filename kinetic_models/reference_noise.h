// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kinetic_models/model.h"

namespace pet {

/// The noise of a measured reference curve.
struct ReferenceNoise {
  std::vector<double> standard_deviation;  ///< one a frame, in the unit of the curve
  int degrees_of_freedom = 0;              ///< of its size; its shape over the frames is that of the weights
};

/// Estimates the noise from how the curve scatters about a smooth one after its peak: there a curve of tissue is a sum
/// of decaying exponentials. A constant and exponentials of 1, 3, 10 and 30 over the time from the peak to the end are
/// fitted to the frames after the largest one by weighted linear least squares; the variance of a frame is RSS / (N -
/// 5) over its weight. The rise says nothing, and no target takes part. `weights` are inverse variances, one a frame
/// (empty: uniform); a frame of weight zero gets the variance of the smallest weight. Throws InputError where fewer
/// than nine frames follow the peak.
ReferenceNoise estimate_reference_noise(const TimeActivityCurve& reference, std::span<const double> weights);

struct ReferenceNoiseOptions {
  double level = 0.95;
  int samples = 1000;
  std::uint64_t seed = 1;
};

/// The residuals of a fit, divided between the noise of the target and that of its reference.
struct DividedNoise {
  double target = 0.0;           ///< standard deviation of the target in a frame of mean weight
  double share_of_target = 0.0;  ///< of the weighted RSS; the rest is the noise of the reference
};

/// Sets `lower` and `upper` of every estimate of a fit of a reference tissue model to an interval that carries the
/// noise of both curves, by a parametric bootstrap: normal noise is added to the fitted target and to the reference,
/// and the model is fitted again. The noise of the reference inflates the residuals of the fit too; what it makes there
/// is found by refits with noise in the reference alone and taken off, down to 5 % of the RSS, before the rest is given
/// to the target. The two standard deviations are drawn anew for every sample from their chi-square distributions, as
/// they are estimates. Bounds are bias-corrected percentiles (Efron B. Can J Stat 1981;9:139-172).
///
/// `region` numbers the target: regions of a scan share the samples of the reference and differ in those of the target.
/// The result depends on the seed and the region alone. A quantity without enough refits (90 %) has no interval: flag
/// bootstrap_failed. A k2prime that the options give is taken as exact. Throws UsageError for a model with plasma
/// input, a level outside 0 ... 1 or fewer than 100 samples.
DividedNoise add_reference_noise_intervals(const Model& model,
                                           const TimeActivityCurve& target,
                                           const ReferenceRegion& reference,
                                           const FitOptions& options,
                                           const ReferenceNoise& noise,
                                           const ReferenceNoiseOptions& intervals,
                                           std::uint64_t region,
                                           Fit& fit);

}  // namespace pet
