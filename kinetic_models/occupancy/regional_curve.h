// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kinetic_models/occupancy/dose_response.h"

namespace pet {

/// Occupancies of several regions over concentration, the receptor being the same in all:
///
///   y_sr = E0 + Omax_r C_s^h / (EC50^h + C_s^h) + scan_s + e_sr,   scan_s of variance tau^2, e_sr of sigma^2 / w_sr
///
/// EC50 and h common to all regions, Omax one of each region (emax, hill) or held at full occupancy (emax-full,
/// hill-full), E0 held. The regions of a scan share its concentration, its baseline and its noise, so that their errors
/// are alike: w = 1 / se^2 with a mean of 1, or 1 for all where a standard error is missing.
struct RegionalCurveFit {
  FitStatus status = FitStatus::failed;
  std::vector<std::string> flags;
  CurveShape shape = CurveShape::emax;
  std::vector<Estimate> estimates;  ///< EC50, hill, tau and sigma without an interval, E0 (held); no values if failed
  std::vector<std::string> regions;
  std::vector<Estimate> Omax;                 ///< one a region
  double degrees_of_freedom = not_available;  ///< of EC50
  double heterogeneity_F = not_available;     ///< of an EC50 for each region against one for all
  double heterogeneity_p = not_available;
  double restricted_deviance = not_available;  ///< -2 log restricted likelihood, without constants
  std::size_t observations = 0;
  std::size_t scans = 0;
  std::size_t parameters = 0;  ///< fitted, of the curves

  const Estimate& operator[](std::string_view symbol) const;  ///< asserts that there is one
};

/// Fits the curves of all regions at once. The scans are told apart by subject, session and concentration.
///
/// tau^2 / sigma^2 by restricted maximum likelihood of the curves, their slopes taken at the fit without an error of
/// scans (Patterson HD, Thompson R. Biometrika 1971;58:545-554; Lindstrom MJ, Bates DM. Biometrics 1990;46:673-687),
/// zero allowed; at 1e4 for an observation of median weight, its upper wall, regions have no error of their own, as
/// copies have: flag sigma_at_bound, status unidentifiable, and neither variances nor intervals. Intervals are profiles
/// of the generalised sum of squares at these variances, S <= S_min + t^2 sigma^2 with Student's t of the degrees of
/// freedom of Satterthwaite, 2 V^2 / Var(V) from the information of the two variances (Fai AH-T, Cornelius PL. J Stat
/// Comput Simul 1996;54:363-378).
///
/// heterogeneity compares with an EC50 for each region, at the same variances, by F with q - p and N - q - (scans - 1)
/// degrees of freedom (N - q where no scan has two regions), p and q being the ranks of the slopes: a region at one
/// concentration, which does not tell an EC50 and an Omax apart, counts for one parameter. Below a p of 0.01 the
/// flag EC50_differs says that one EC50 is not the truth. Flags <symbol>_unbounded as for a CurveFit (status
/// unidentifiable for EC50), EC50_at_bound.
///
/// Where no scan has two regions tau is left out (flag scan_error_left_out); where there are too few observations for
/// EC50s of regions F and p are not available.
///
/// Throws UsageError for binding, two sites, a fitted E0, targets or other intervals; InputError for a session with two
/// concentrations, fewer than two regions, three different concentrations or three scans, a region twice in a scan,
/// rows without region or subject, too few observations, and what fit_curve refuses of their numbers.
RegionalCurveFit fit_regional_curve(const std::vector<CurveObservation>& observations, const CurveOptions& options);

}  // namespace pet
