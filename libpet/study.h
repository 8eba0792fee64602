// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "libpet/frames.h"
#include "libpet/grid.h"
#include "libpet/tracer.h"

namespace pet {

// The description of a study to simulate (data/studies/*.json, docs/formats/study.md): everything that is true of it.
// Units are those of the library: minutes, kBq/mL, 1/min, mL/cm3, fractions.

/// A solid ellipsoid with axes along those of the patient. Coordinates in mm from the centre of the image, x to the
/// left, y to the back, z to the head.
struct Ellipsoid {
  Vector3 centre_mm{};
  Vector3 radii_mm{};
  bool is_mirrored = false;  ///< there is another one at -x

  bool contains(const Vector3& position_mm) const;
};

/// (A1 u - A2 - A3) e^{l1 u} + A2 e^{l2 u} + A3 e^{l3 u}, u = t - t0, zero before t0: the concentration of parent
/// tracer in arterial plasma. Feng D, Huang SC, Wang X. Int J Biomed Comput 1993;32:95-110.
/// doi:10.1016/0020-7101(93)90049-C
struct FengCurve {
  std::array<double, 3> A{};  ///< kBq/mL/min, kBq/mL, kBq/mL
  std::array<double, 3> lambda_per_min{};
  double t0_min = 0.0;
};

/// 1 - (1 - a) t^b / (c^b + t^b), t minutes after injection: the fraction of plasma radioactivity that is parent.
struct HillParentFraction {
  double a = 1.0;
  double b = 1.0;
  double c_min = 1.0;
};

/// The blood of a study: parent plasma is the Feng curve, total plasma = parent / parent fraction, whole blood =
/// total plasma / plasma_to_blood_ratio.
struct BloodDescription {
  FengCurve parent_plasma;
  std::optional<HillParentFraction> parent_fraction;  ///< nothing: all of it is parent
  double plasma_to_blood_ratio = 1.0;
  std::vector<double> sample_times_min;  ///< of the raw blood samples
  double sample_noise = 0.0;             ///< coefficient of variation of each measurement
};

enum class TissueModel {
  one_tissue,  ///< one compartment with VT = VND: a region without specific binding
  two_tissue,  ///< k2 = K1 / VND, k3 = BPND k4
  srtm         ///< one effective compartment, k2a = K1 / (VND (1 + BPND)): what SRTM assumes
};

std::string name_of(TissueModel model);

struct Kinetics {
  TissueModel model = TissueModel::one_tissue;
  double K1 = 0.0;              ///< mL/cm3/min
  double VND = 0.0;             ///< mL/cm3
  double BPND = 0.0;            ///< before any drug
  double k4 = 0.0;              ///< 1/min; two_tissue only
  double vB = 0.0;              ///< fraction of blood
  bool is_displaceable = true;  ///< whether the drug blocks the binding here
};

struct StudyRegion {
  std::string name;
  std::int32_t label = 0;  ///< 0: in the image, but not in the label map
  Kinetics kinetics;
  std::vector<Ellipsoid> ellipsoids;
  std::vector<std::string> assumed;  ///< keys whose values nobody has published
};

struct DrugDose {
  std::string name;
  double amount = 0.0;
  std::string unit;
  std::string route;
  std::optional<double> concentration;  ///< in plasma during the scan
  std::string concentration_unit;
  std::optional<double> EC50;  ///< in concentration_unit
  std::optional<double> Omax;  ///< fraction
};

struct StudySession {
  std::string label;
  std::string injection;  ///< "2026-01-31T23:30:00.000", DICOM local time
  std::optional<DrugDose> drug;
  double occupancy = 0.0;    ///< as given, or Omax C / (EC50 + C)
  double BPND_factor = 1.0;  ///< change of density: multiplies BPND where it is displaceable
  double K1_factor = 1.0;    ///< change of flow: multiplies K1 and k2 of every region
  double injected_activity_MBq = 0.0;
};

/// sigma = alpha sqrt(C e^{lambda t} / dt) of a voxel: alpha in sqrt(kBq/mL min), or such that the coefficient of
/// variation is `cv` in one frame of one region of the first session.
struct NoiseDescription {
  std::optional<double> alpha;
  double cv = 0.0;
  std::size_t frame = 0;  ///< counted from 0
  std::string region;
};

struct Study {
  std::string title;
  std::string subject;
  std::uint64_t seed = 0;
  Tracer tracer;
  double injected_activity_MBq = 0.0;  ///< with which the blood curves are given
  double body_weight_kg = 0.0;
  BloodDescription blood;
  Grid grid;
  std::vector<Ellipsoid> brain;  ///< what lies outside is empty
  std::string background;        ///< region that fills the brain before all others
  std::string reference_region;
  std::vector<StudyRegion> regions;  ///< where shapes overlap the later region wins
  Frames frames;
  NoiseDescription noise;
  std::vector<StudySession> sessions;
  std::vector<Source> sources;
  std::vector<std::string> notes;

  /// Throws UsageError with the nearest name.
  const StudyRegion& region(const std::string& name) const;
};

}  // namespace pet
