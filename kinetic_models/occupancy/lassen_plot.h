// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "kinetic_models/fit.h"
#include "kinetic_models/occupancy/errors_in_variables.h"
#include "kinetic_models/occupancy/interval.h"

namespace pet {

/// What a Lassen plot says: one occupancy and one VND for all regions.
struct LassenPlot {
  double occupancy = not_available;
  double occupancy_se = not_available;
  Interval occupancy_interval;
  double VND = not_available;
  double VND_se = not_available;
  Interval VND_interval;
  double r2 = not_available;
  std::size_t regions = 0;
  bool is_VND_identified = false;
  FitStatus status = FitStatus::failed;
  std::vector<std::string> flags;
  double degrees_of_freedom = std::numeric_limits<double>::infinity();  ///< of the standard errors; infinite: known
};

/// How the line is drawn.
///   ordinary    least squares of VT_baseline - VT_drug on VT_baseline
///   orthogonal  orthogonal regression of VT_drug on VT_baseline, which takes both scans to be equally noisy and so is
///               not pulled low by noise in VT_baseline
///   deming      the same with the variance of every volume known up to a common factor
///   likelihood  the same with a covariance between the regions of a scan, whose size counts
enum class LassenRegression { ordinary, orthogonal, deming, likelihood };

struct LassenOptions {
  LassenRegression regression = LassenRegression::ordinary;
  double level = 0.95;
  VolumeErrors errors{};        ///< for deming and likelihood
  std::optional<double> VND{};  ///< mL/cm3; the line goes through it where it is known
};

/// The occupancy plot of regional volumes of distribution, one value a region in each scan:
///
///   VT_baseline - VT_drug = occupancy (VT_baseline - VND)
///
/// Slope = occupancy, intercept with the x axis = VND. With two scans after a drug, occupied by O1 and O2, and none
/// before, the slope is (O2 - O1) / (1 - O1) at the same VND.
///
/// Ordinary: standard errors of the regression, Student intervals with n - 2 degrees of freedom (n - 1 with VND known),
/// for VND Fieller's interval (unbounded where the slope does not differ from zero: flag vnd_unbounded) and a
/// delta-method standard error. Orthogonal: leave-one-region-out jackknife and Student intervals with n - 1 degrees of
/// freedom. Deming and likelihood, and orthogonal with VND known: line_with_errors.
///
/// The occupancy is not identified (status unidentifiable) where its standard error exceeds 0.2 (imprecise_occupancy),
/// its interval has no bounds (occupancy_unbounded), or ordinary and orthogonal regression differ by more than 0.1
/// (regressions_disagree). VND is not identified there, nor where r^2 < 0.5 (low_r2) or its interval is unbounded
/// (vnd_unbounded): a plot without a trend can say precisely that the occupancy is near zero, but not where VND lies.
/// Throws InputError for fewer than three regions, for volumes that are all equal in the baseline scan, and for
/// covariances that are none.
///
/// Lassen NA et al. J Cereb Blood Flow Metab 1995;15:152-165; Cunningham VJ et al. J Cereb Blood Flow Metab
/// 2010;30:46-50; Schain M et al. NeuroImage 2018, doi:10.1016/j.neuroimage.2018.05.017.
LassenPlot lassen_plot(std::span<const double> VT_baseline,
                       std::span<const double> VT_drug,
                       const LassenOptions& options);

/// The points of the orthogonal regression of VT_drug on VT_baseline that are nearest to the measured ones.
struct LinePoints {
  std::vector<double> baseline;
  std::vector<double> drug;
};

LinePoints points_of_orthogonal_line(std::span<const double> VT_baseline, std::span<const double> VT_drug);

LassenPlot lassen_plot(std::span<const double> VT_baseline,
                       std::span<const double> VT_drug,
                       LassenRegression regression = LassenRegression::ordinary,
                       double level = 0.95);

}  // namespace pet
