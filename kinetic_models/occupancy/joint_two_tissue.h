// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kinetic_models/occupancy/joint.h"
#include "kinetic_models/plasma.h"

namespace pet {

/// The curves of one scan with arterial plasma. Regions come in the same order in both scans.
struct JointPlasmaScan {
  Plasma plasma;
  std::vector<TimeActivityCurve> targets;
  std::vector<std::vector<double>> weights;  ///< inverse variances, one list a region; empty lists: uniform
  double delay_min = 0.0;                    ///< how much later than it was sampled the tissue sees the blood
};

struct JointPlasmaOptions {
  double level = 0.95;
  Choice vB{};  ///< held, or fitted in every region and scan; neither: fitted where both scans have whole blood
  /// Standard deviation of the error by which all plasma of a scan is too large or too small, as a fraction. It makes
  /// all volumes of a scan wrong together, VND too.
  double plasma_error = 0.0;
};

/// What a region has of its own in a joint fit with plasma.
struct JointPlasmaRegion {
  double K1_baseline = not_available;  ///< mL/cm3/min
  double K1_drug = not_available;
  double vB_baseline = not_available;
  double vB_drug = not_available;
  double BPND = not_available;  ///< at baseline
  double BPND_drug = not_available;
  double k4 = not_available;  ///< 1/min, in both scans
  FitStatus status = FitStatus::failed;
};

/// A region with an occupancy of its own.
struct JointPlasmaOwn : JointEstimate {
  JointPlasmaRegion fit;
};

struct JointPlasmaOccupancy : JointEstimate {
  double VND = not_available;  ///< mL/cm3
  double VND_se = not_available;
  Interval VND_interval;
  std::vector<JointPlasmaRegion> regions;
  /// Each region's own occupancy, at the common VND with its uncertainty; empty unless asked for.
  std::vector<JointPlasmaOwn> of_region;
};

/// Fits the curves of a baseline and a drug scan of one subject at once by the two-tissue compartment model with
/// arterial plasma, one occupancy and one VND being common to all regions:
///
///   VND in all regions and both scans,   BPND_drug = (1 - occupancy) BPND_baseline,   k4 the same in both scans,
///   K1 and vB free in every region and scan,   k2 = K1 / VND,   k3 = BPND k4
///
/// so that a change of flow changes K1 (and k2 with it) only, and no region without receptors is needed. Minimises the
/// sum over curves of RSS over the residual variance of that curve, which comes from 2TCM fits of each curve alone. At
/// given occupancy and VND the regions separate; their own parameters are minimised over. The occupancy lies in
/// -1 ... 1: the model has no curve for more. The search starts from the best of several VND below the smallest VT.
///
/// With a plasma error the volumes of a scan are multiplied by 1 + a, a normal of mean 0 with that standard deviation,
/// one for each scan: VND is common up to that, and (a / error)^2 is added to the sum.
///
/// Intervals of occupancy and VND are profiles: all values with S <= S_min + t^2 s^2, Student's t. An end at an
/// occupancy of 1 is 1; others that are not reached are infinite (flags occupancy_unbounded with status unidentifiable,
/// vnd_unbounded), one that could not be looked for is not available (profile_not_followed, vnd_profile_not_followed).
/// Status at_bound where the occupancy ends at 1; at -1 it is unidentifiable. With `wants_regions` every region is
/// fitted with an occupancy of its own too, what all other regions (and the plasma error) say of VND (and a), with an
/// occupancy of theirs, being taken for a normal observation of it.
///
/// Where the curves fit so much worse with one VND, one occupancy and one k4 than by themselves that it is no chance (F
/// test at 0.999) the model is wrong, whatever its intervals say: flag model_rejected, status unidentifiable.
///
/// A region whose own fit fails, or whose curve is all zeros, takes no part and stays failed. Throws InputError where
/// no region can be fitted in both scans, UsageError where vB is to be fitted without whole blood or a plasma error is
/// negative.
JointPlasmaOccupancy fit_joint_two_tissue(const JointPlasmaScan& baseline,
                                          const JointPlasmaScan& drug,
                                          const JointPlasmaOptions& options = {},
                                          bool wants_regions = false,
                                          unsigned threads = 1);

}  // namespace pet
