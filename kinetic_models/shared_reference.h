// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "kinetic_models/intervals.h"
#include "kinetic_models/reference_noise.h"
#include "kinetic_models/shared_fit.h"

namespace pet {

/// The regions of a scan fitted with one true reference curve.
struct SharedReferenceFit {
  std::vector<Fit> fits;                ///< one a region
  TimeActivityCurve reference;          ///< the most likely one
  std::vector<double> reference_error;  ///< its standard error, one a frame
  std::vector<double> target_noise;     ///< standard deviation in a frame of mean weight; not available: no part
  bool converged = false;
};

/// Fits a nonlinear reference tissue model to all regions of a scan by the likelihood of their curves and the
/// reference's, whose true values r are common to all regions, one nuisance parameter a frame:
///
///   sum_j (r_j - reference_j)^2 / s_j^2 + sum_q sum_i w_qi (y_qi - f_i(p_q, r))^2 / s_q^2
///
/// s_j is the `noise` of the reference, s_q as in fit_noisy_reference. Where fit_noisy_reference lets every region
/// explain the reference's noise by itself, here what one region says of it holds for all (Fuller WA. Measurement Error
/// Models. Wiley 1987, section 4.1): estimates are more precise, and regions tell where the reference errs.
///
/// Made region by region: the others, their own parameters eliminated, say with the reference what r is, linearised at
/// the optimum; with that curve and covariance for its reference the region is fitted as by fit_noisy_reference, in
/// turns until neither r nor any s_q changes (status not_converged if they never settle). A profile takes the others
/// for linear, which makes it a few percent narrower than one over all regions' parameters would be. Standard errors
/// and intervals are made likewise, with the degrees of freedom of the reference's noise for all that is said of r.
/// `fitted` and `weighted_rss` are for the reference that the others leave likely.
///
/// Regions must share no voxels with each other or with the reference: their noise is taken for independent. A region
/// whose ordinary fit is neither ok nor at_bound, or has low_binding, is fitted and has no say in what the reference
/// is; one without an ordinary fit is returned as that fit; one whose fit fails as the reference moves is failed, and
/// has no say from then on. Throws what fit_noisy_reference throws; UsageError for no regions.
SharedReferenceFit fit_shared_reference(const Model& model,
                                        const std::vector<RegionData>& regions,
                                        const ReferenceRegion& reference,
                                        const ReferenceNoise& noise,
                                        const std::optional<IntervalOptions>& intervals = std::nullopt,
                                        unsigned threads = 0);

}  // namespace pet
