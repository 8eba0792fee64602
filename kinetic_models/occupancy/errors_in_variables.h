// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "kinetic_models/fit.h"
#include "kinetic_models/occupancy/interval.h"

namespace pet {

/// Covariance of the errors of the regional volumes in each scan, row-major, regions x regions. The two scans are
/// independent.
struct VolumeErrors {
  std::vector<double> baseline;
  std::vector<double> drug;
  /// Whether the covariances are what they say, or only their common shape is known and their size is estimated from
  /// the scatter about the line. What all regions share (an error of the plasma) is not in that scatter.
  bool is_size_known = false;
  std::optional<int> degrees_of_freedom{};  ///< of covariances that were estimated; none: exact
};

/// Errors that are independent between regions, from standard errors.
VolumeErrors independent_errors(std::span<const double> baseline_se, std::span<const double> drug_se);

/// Occupancy and VND from a line through volumes that are uncertain in both scans.
struct UncertainLine {
  double occupancy = not_available;
  double occupancy_se = not_available;
  Interval occupancy_interval;
  double VND = not_available;
  double VND_se = not_available;
  Interval VND_interval;
  double variance = not_available;  ///< Q / (n - 2): by which the covariances would have to be multiplied
  double degrees_of_freedom = std::numeric_limits<double>::infinity();  ///< of the intervals; infinite: normal
};

/// Maximum likelihood of VT_baseline = VND + VS + e, VT_drug = VND + (1 - occupancy) VS + h, the VS of every region
/// being free, e and h normal with covariances s^2 Sigma_b and s^2 Sigma_d. With VS profiled out it minimises
///
///   Q = z' (Sigma_d + m^2 Sigma_b)^-1 z,   z = VT_drug - a - m VT_baseline,   m = 1 - occupancy, a = occupancy VND
///
/// over the direction of the line, which makes both scans alike. Unit covariances give orthogonal regression, diagonal
/// ones Deming's with known variances, full ones that of Schain M et al. NeuroImage 2018,
/// doi:10.1016/j.neuroimage.2018.05.017. Where VND is given, the line goes through it.
///
/// Standard errors by the information matrix at the fitted VS, s^2 = Q / (n - 2) (n - 1 with VND given). Where
/// the size of the covariances is known, s^2 = 1, unless Q is beyond the quantile at `level` of what such errors make
/// (chi^2, or F with the degrees of freedom of the covariances): scatter beyond chance is error of the model. Intervals
/// by profile likelihood: all occupancies (or VND) whose smallest Q over the other is at most Q + t^2 s^2, t being
/// Student's quantile with the degrees of freedom of what set the size: s^2 where it comes from the scatter, else the
/// covariances (normal quantiles where these are exact). Where the scatter is beyond chance the wider of the two
/// counts. They are unbounded where the data do not tell. Throws InputError for fewer than three regions and for
/// covariances that are not symmetric and positive definite.
UncertainLine line_with_errors(std::span<const double> VT_baseline,
                               std::span<const double> VT_drug,
                               const VolumeErrors& errors,
                               double level = 0.95,
                               std::optional<double> VND = std::nullopt);

}  // namespace pet
