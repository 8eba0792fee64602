// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "kinetic_models/model.h"
#include "kinetic_models/occupancy/interval.h"
#include "kinetic_models/reference_noise.h"
#include "kinetic_models/reference_region.h"

namespace pet {

/// The curves of one scan. Regions come in the same order in both scans.
struct JointScan {
  ReferenceRegion reference;
  std::vector<TimeActivityCurve> targets;
  std::vector<std::vector<double>> weights;  ///< inverse variances, one list a region; empty lists: uniform
  ReferenceNoise noise{};                    ///< of the reference curve; without it the interval leaves that noise out
};

/// What a region has of its own in a joint fit.
struct JointRegion {
  double R1_baseline = not_available;
  double k2_baseline = not_available;  ///< 1/min
  double R1_drug = not_available;
  double k2_drug = not_available;
  double BPND = not_available;  ///< at baseline
  double BPND_drug = not_available;
  FitStatus status = FitStatus::failed;
};

/// The occupancy that all regions of two scans have in common.
struct JointEstimate {
  double occupancy = not_available;
  double standard_error = not_available;
  Interval interval;
  double weighted_rss = not_available;
  int degrees_of_freedom = 0;
  FitStatus status = FitStatus::failed;
  std::vector<std::string> flags;
};

struct JointOccupancy : JointEstimate {
  double reference_share = 0.0;  ///< of the noise of the references in the variance
  std::vector<JointRegion> regions;
};

/// Fits the curves of a baseline and a drug scan of one subject at once by the simplified reference tissue model, the
/// occupancy being a parameter that all regions share:
///
///   BPND_drug = (1 - occupancy) BPND_baseline,   R1 and k2 free in every region and scan
///
/// so that a change of flow changes R1 and k2 only. Minimises the sum over curves of RSS over the residual variance of
/// that curve, which comes from fits of each curve alone. At a given occupancy the regions separate; their five
/// parameters are minimised over, and what is left is a function of one variable. BPND at baseline is not negative, the
/// occupancy lies in -1 ... 1.5.
///
/// Noise of a reference curve moves all regions of its scan together. Its share of the variance is v_ref = sum over
/// frames of (d occupancy / d C_R)^2 sigma^2 at the optimum, from the score of the occupancy orthogonal to the regions'
/// own parameters. The interval is a profile whose limit is widened by it: all occupancies with S <= S_min + t^2 s^2 (1
/// + v_ref / v_target), Student's t (the adjustment of a likelihood that takes dependent curves for independent: Pace
/// L, Salvan A, Sartori N. Stat Sin 2011;21:129-148).
///
/// status unidentifiable with flag occupancy_unbounded where an end is not reached in -1 ... 1.5, profile_not_followed
/// where it could not be looked for (the end is not available). A region whose own
/// fit fails, or whose curve is all zeros, takes no part and stays failed. Throws InputError where no region can be
/// fitted in both scans.
JointOccupancy fit_joint_srtm(const JointScan& baseline, const JointScan& drug, double level = 0.95);

}  // namespace pet
