// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "kinetic_models/simulation/blood_curves.h"
#include "libpet/study.h"

namespace pet {

/// Rates of the two-tissue model in 1/min (K1: mL/cm3/min).
struct TwoTissueRates {
  double K1 = 0.0;
  double k2 = 0.0;
  double k3 = 0.0;
  double k4 = 0.0;
};

/// What both tissue compartments hold together, without blood: input (x) K1 (e^{-th2 t} + (k3 + k4 - th1) e^{-th1 t}
/// (x) e^{-th2 t}), th1 <= th2 the roots of th^2 - (k2 + k3 + k4) th + k2 k4 (Innis et al. 2007; Gunn RN et al. J Cereb
/// Blood Flow Metab 2001;21:635-652. doi:10.1097/00004647-200106000-00002). Written so that k3 = 0, k4 = 0 and equal
/// roots are ordinary points.
ConvolvedExponentials two_tissue_response(const ConvolvedExponentials& input, const TwoTissueRates& rates);

/// K1 input (x) e^{-k2 t}.
ConvolvedExponentials one_tissue_response(const ConvolvedExponentials& input, double K1, double k2);

/// The kinetics as they are during a session: BPND less what the drug occupies (where it is displaceable), K1 times
/// the change of flow; VND unchanged.
Kinetics during(const StudySession& session, const Kinetics& kinetics);

/// Mean activity of the tissue over each frame in kBq/mL, decay-corrected: (1 - vB) C_T + vB C_wholeblood.
std::vector<double> tissue_curve(const Kinetics& kinetics, const BloodCurves& blood, const Frames& frames);

}  // namespace pet
