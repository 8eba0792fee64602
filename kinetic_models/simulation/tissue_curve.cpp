// SPDX-License-Identifier: Apache-2.0
#include "kinetic_models/simulation/tissue_curve.h"

#include <cmath>

namespace pet {
namespace {

ConvolvedExponentials response(const Kinetics& kinetics, const ConvolvedExponentials& plasma) {
  const double k2 = kinetics.K1 / kinetics.VND;
  switch (kinetics.model) {
    case TissueModel::two_tissue:
      return two_tissue_response(plasma, {kinetics.K1, k2, kinetics.BPND * kinetics.k4, kinetics.k4});
    case TissueModel::srtm:
      return one_tissue_response(plasma, kinetics.K1, k2 / (1.0 + kinetics.BPND));
    case TissueModel::one_tissue:
      break;
  }
  return one_tissue_response(plasma, kinetics.K1, k2);
}

}  // namespace

ConvolvedExponentials one_tissue_response(const ConvolvedExponentials& input, double K1, double k2) {
  return input.convolved(-k2).scaled(K1);
}

ConvolvedExponentials two_tissue_response(const ConvolvedExponentials& input, const TwoTissueRates& rates) {
  const auto& [K1, k2, k3, k4] = rates;
  const double sum = k2 + k3 + k4;
  const double difference = k2 + k3 - k4;
  const double fast = 0.5 * (sum + std::sqrt(difference * difference + 4.0 * k3 * k4));
  const double slow = fast > 0.0 ? k2 * k4 / fast : 0.0;
  const ConvolvedExponentials free = input.convolved(-fast).scaled(K1);
  return free.plus(free.convolved(-slow).scaled(k3 + k4 - slow));
}

Kinetics during(const StudySession& session, const Kinetics& kinetics) {
  Kinetics changed = kinetics;
  changed.K1 *= session.K1_factor;
  if (kinetics.is_displaceable) changed.BPND *= session.BPND_factor * (1.0 - session.occupancy);
  return changed;
}

std::vector<double> tissue_curve(const Kinetics& kinetics, const BloodCurves& blood, const Frames& frames) {
  std::vector<double> curve = response(kinetics, blood.parent_plasma()).averages(frames);
  if (kinetics.vB == 0.0) return curve;
  const std::vector<double> whole_blood = blood.whole_blood_averages(frames);
  for (std::size_t f = 0; f < curve.size(); ++f)
    curve[f] = (1.0 - kinetics.vB) * curve[f] + kinetics.vB * whole_blood[f];
  return curve;
}

}  // namespace pet
